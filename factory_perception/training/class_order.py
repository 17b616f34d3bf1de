"""A data set in the classes of a model: another order, numbers for names, classes that are missing.

Classes are known by their names; capitals, spaces, hyphens and underscores do not count. A class
that the model does not know cannot be measured: it is refused and not counted as missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import re

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.data import Example, PictureData
from factory_perception.training.datasets.class_names import plain_name
from factory_perception.training.setting_tree import SettingsError

#: What readers call classes without a name: ``3``, ``class 3``, ``value 3``.
_NUMBER = re.compile(r'(?:class |value )?(\d+)')


class InOrder:
    """A set of pictures whose class ids are those of a model: a ``PictureData``."""

    def __init__(self, data: PictureData, classes: Sequence[str], ids: NDArray[np.uint8]) -> None:
        """Take a set.

        Args:
            data: as it is stored.
            classes: names of the model's classes.
            ids: ``(classes of the data,)``, the id in ``classes`` of each.
        """
        self._data, self._ids = data, ids
        self.task, self.origin, self.sha256 = data.task, data.origin, data.sha256
        self.classes: Sequence[str] = tuple(classes)

    def __len__(self) -> int:
        return len(self._data)

    def name(self, index: int) -> str:
        """Give the name of a picture."""
        return self._data.name(index)

    def read(self, index: int) -> Example:
        """Read a picture with the class ids of the model."""
        example = self._data.read(index)
        boxes, label, mask = example.boxes, example.label, example.mask
        if boxes is not None:
            boxes = replace(boxes, class_ids=self._ids[boxes.class_ids].astype(np.int32))
        return replace(
            example,
            boxes=boxes,
            label=None if label is None else int(self._ids[label]),
            mask=None if mask is None else self._masked(mask),
        )

    def _masked(self, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
        table = np.arange(256, dtype=np.uint8)  # what is no class, such as 255, stays
        table[: len(self._ids)] = self._ids
        return table[mask]


def in_order(data: PictureData, classes: Sequence[str], label: str) -> tuple[PictureData, str]:
    """Give a data set in the classes of a model, and in words what was done for it.

    Args:
        data: the set.
        classes: names of the model's classes.
        label: name of the model, for the error.

    Returns:
        The set itself and ``''`` where the classes are the same.

    Raises:
        SettingsError: the set has classes that the model does not know.
    """
    own = list(data.classes)
    if own == list(classes):
        return data, ''
    ids = _by_number(own, classes) or _by_name(own, classes)
    unknown = [name for name, number in zip(own, ids) if number is None]
    if unknown:
        raise SettingsError(
            f'{data.origin} has the classes {", ".join(unknown)}, which {label} does not know '
            f'(it knows {", ".join(classes)}): correct the names, or leave these labels out'
        )
    known = [number for number in ids if number is not None]
    if len(set(known)) < len(known):
        raise SettingsError(f'{data.origin} has two names for one class: {", ".join(own)}')
    ordered = InOrder(data, classes, np.array(known, np.uint8))
    return ordered, _words(own, known, classes)


def _by_name(own: Sequence[str], classes: Sequence[str]) -> list[int | None]:
    known = {plain_name(name): number for number, name in enumerate(classes)}
    return [known.get(plain_name(name)) for name in own]


def _by_number(own: Sequence[str], classes: Sequence[str]) -> list[int | None] | None:
    """Take numbers for places in the model's list; counted from 1 only if all are there."""
    found = [_NUMBER.fullmatch(name) for name in own]
    if not all(found) or all(_NUMBER.fullmatch(name) for name in classes):
        return None
    numbers = [int(match[1]) for match in found if match]
    first = 1 if sorted(numbers) == list(range(1, len(classes) + 1)) else 0
    if first == 0 and 0 not in numbers:
        return None
    return [number - first if number - first < len(classes) else None for number in numbers]


def _words(own: Sequence[str], ids: Sequence[int], classes: Sequence[str]) -> str:
    moved = [
        f'{name} is {number}' + (f' ({classes[number]})' if name != classes[number] else '')
        for name, number in zip(own, ids)
    ]
    said = [f'classes are those of the model: {", ".join(moved)}']
    absent = [name for number, name in enumerate(classes) if number not in ids]
    if absent:
        said.append(f'the data have none of {", ".join(absent)}')
    return '; '.join(said)
