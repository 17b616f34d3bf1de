"""What Gazebo's labels stand for: the class of a part, and where its defects are.

Gazebo reports one box for each model. A defect is part of its part's model, so its box is worked
out from that of the part; both are flat, seen from above and do not turn on the belt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from factory_perception.cell.arrays import Cover
from factory_perception.cell.gazebo.stock import StockPart
from factory_perception.cell.sprite import Sprite

_HEADER = '# Made from config/cell.yaml: class and defects of the parts, by the label of Gazebo.\n'


@dataclass(frozen=True)
class Flaw:
    """A defect; its box in shares of the part's box: x and y from 0 to 1, right and down."""

    kind: str
    share_xyxy: tuple[float, float, float, float]


@dataclass(frozen=True)
class KnownPart:
    """A part of the world: the name of its model, its class, its mass, where it waits."""

    name: str
    kind: str
    waiting_xyz_m: tuple[float, float, float]
    flaws: tuple[Flaw, ...]


def table_yaml(stock: Sequence[StockPart], sprites: Sequence[Sprite]) -> bytes:
    """Give the file."""
    rows = {
        part.label: {
            'name': part.name,
            'kind': part.part.kind,
            'waiting_xyz_m': [round(value, 4) for value in part.waiting_xyz_m],
            'flaws': [
                {'kind': defect.kind, 'share_xyxy': _shares(sprite.alpha, mask)}
                for defect, mask in zip(part.part.defects, sprite.defect_masks)
            ],
        }
        for part, sprite in zip(stock, sprites)
    }
    return (_HEADER + yaml.safe_dump(rows, sort_keys=False, default_flow_style=None)).encode()


def _shares(whole: Cover, mask: Cover) -> list[float]:
    x, y, width, height = cv2.boundingRect((whole > 127).astype(np.uint8))
    left, top, across, down = cv2.boundingRect((mask > 127).astype(np.uint8))
    edges = ((left - x) / width, (top - y) / height)
    return [round(v, 4) for v in (*edges, edges[0] + across / width, edges[1] + down / height)]


def read_table(path: Path) -> dict[int, KnownPart]:
    """Read the file, by label.

    Raises:
        ValueError: it is none; the text names the file and the mend.
    """
    try:
        rows: Mapping[Any, Any] = yaml.safe_load(path.read_text(encoding='utf-8'))
        return {int(label): _known(row) for label, row in rows.items()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path} is no table of parts ({error}): make it with factory_perception cell-files'
        ) from error


def _known(row: Mapping[str, Any]) -> KnownPart:
    x, y, z = map(float, row['waiting_xyz_m'])
    flaws = tuple(_flaw(flaw) for flaw in row['flaws'])
    return KnownPart(str(row['name']), str(row['kind']), (x, y, z), flaws)


def _flaw(row: Mapping[str, Any]) -> Flaw:
    left, top, right, bottom = map(float, row['share_xyxy'])
    return Flaw(str(row['kind']), (left, top, right, bottom))
