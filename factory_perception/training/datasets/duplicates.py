"""Pictures that are there twice, or nearly: within a part of a data set and across its parts.

Equal pictures have equal decoded values. Near ones have perceptual hashes that differ in at most
four bits *and* the same detail: what is left of small copies without their slow brightness agrees
(correlation of at least 0.8). The second test matters: of 3242 pairs of steel surfaces in NEU-DET
with near hashes two are twins, of 172 pairs of circuit boards in DeepPCB 28.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.perceptual_hash import near_pairs
from factory_perception.training.datasets.picture_facts import PictureFacts
from factory_perception.training.datasets.picture_set import Record
from factory_perception.training.datasets.pixels import to_grey
from factory_perception.training.datasets.problems import Problem

DETAIL = 0.8
_SIDE = 64
#: More candidates than this are not compared; the check says so.
MOST_CANDIDATES = 50_000
_PARTS = ('train', 'val', 'test')


@dataclass(frozen=True)
class Twins:
    """Two pictures by their places, and whether they are equal."""

    first: int
    second: int
    equal: bool


def find_twins(
    records: Sequence[Record],
    facts: Sequence[PictureFacts],
    parts: Mapping[str, Sequence[int]],
) -> tuple[list[Twins], int]:
    """Find pictures that are there twice. Of equal ones each is paired with the first in a part.

    Returns:
        The pairs, and how many candidates were left out because there were too many.
    """
    same: dict[str, list[int]] = defaultdict(list)
    for place, fact in enumerate(facts):
        if not fact.broken:
            same[fact.content].append(place)
    part_of = _part_of(parts)
    for group in same.values():
        group.sort(key=lambda place: (place not in part_of, place))
    twins = [Twins(group[0], place, True) for group in same.values() for place in group[1:]]
    firsts = sorted(group[0] for group in same.values())
    pairs = near_pairs([facts[place].hash64 for place in firsts], MOST_CANDIDATES + 1)
    details = _Details(records)
    for first, second in pairs[:MOST_CANDIDATES]:
        places = firsts[first], firsts[second]
        if float(details.of(places[0]) @ details.of(places[1])) >= DETAIL:
            twins.append(Twins(*places, False))
    return twins, max(0, len(pairs) - MOST_CANDIDATES)


def _part_of(parts: Mapping[str, Sequence[int]]) -> dict[int, str]:
    return {place: part for part in _PARTS for place in parts.get(part, ())}


class _Details:
    """Small copies without slow brightness, each of length 1, kept while they are likely needed."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._kept: dict[int, NDArray[np.float32]] = {}

    def of(self, place: int) -> NDArray[np.float32]:
        if place not in self._kept:
            if len(self._kept) > 4096:
                self._kept.clear()
            self._kept[place] = detail(to_grey(self._records[place].pixels.load()))
        return self._kept[place]


def detail(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the detail of a picture as a vector of length 1, or of 0 when it is flat."""
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    fine = (small - cv2.GaussianBlur(small, (0, 0), _SIDE / 16)).ravel()
    length = float(np.linalg.norm(fine))
    return np.asarray(fine / length if length > 1.0 else fine * 0, np.float32)


def twin_problems(
    twins: Sequence[Twins], records: Sequence[Record], parts: Mapping[str, Sequence[int]]
) -> Iterator[Problem]:
    """Say what the pairs mean: leaks across parts, contradictions, and mere copies."""
    part_of = _part_of(parts)
    for pair in twins:
        first, second = records[pair.first], records[pair.second]
        one, other = part_of.get(pair.first, ''), part_of.get(pair.second, '')
        how = 'is the same picture as' if pair.equal else 'looks like'
        text = f'{how} {first.name}'
        if one and other and one != other:
            severity = 'error' if pair.equal else 'warning'
            yield Problem(
                'leak', f'in {other}, {text} in {one}', 'remove one, or put both into one part',
                second.name,
                severity=severity,
            )  # fmt: skip
        elif pair.equal and _contradict(first, second):
            mend = 'keep the one that is right'
            severity = 'error' if first.boxes is None else 'warning'
            yield Problem(
                'label-conflict', f'{text}, but has other labels', mend, second.name,
                severity=severity,
            )  # fmt: skip
        elif pair.equal:
            yield Problem('copy', text, 'remove one', second.name, severity='warning')
        else:
            yield Problem('alike', text, '', second.name, severity='note')


def _contradict(first: Record, second: Record) -> bool:
    if first.label != second.label:
        return True
    if first.boxes is None or second.boxes is None:
        return False
    rows = [
        sorted(zip(boxes.class_ids.tolist(), boxes.edges.round(3).tolist()))
        for boxes in (first.boxes, second.boxes)
    ]
    return rows[0] != rows[1]
