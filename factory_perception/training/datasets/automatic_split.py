"""Keep one fifth for validation where a data set does not say which: whole recordings, by hash."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import re

from factory_perception.files import sha256_of
from factory_perception.training.datasets.folder import natural_key, parent, stem

VALIDATION_SHARE = 0.2
#: A split by whole recordings needs so many of them, none with more than half of all pictures.
LEAST_RECORDINGS = 10
#: Otherwise every recording is cut into so many blocks of neighbours.
BLOCKS = 10
#: What an export of Roboflow adds to the name of a picture and of its augmented copies.
_EXPORT = re.compile(r'(_(jpe?g|png|bmp|webp))?\.rf\.[0-9a-fA-F]{16,}$')


def recording_of(name: str) -> str:
    """Guess from the name of a picture below its folder what it was taken from.

    That is the name up to the number at its end: ``line3/board7_003.png`` is of
    ``line3/board7``. Augmented copies that Roboflow writes belong to their picture.
    """
    plain = _EXPORT.sub('', stem(name))
    prefix = re.sub(r'[\s_.#(-]*\d+\)?$', '', plain)
    return '/'.join(filter(None, (parent(name), prefix)))


@dataclass(frozen=True)
class Member:
    """A picture or recording that is to be put on one side.

    ``stratum`` names what both sides should have a share of: a class, or nothing. ``shows`` are the
    classes in it: the last recording of a class stays in training.
    """

    name: str
    recording: str
    stratum: str = ''
    weight: float = 1.0
    shows: frozenset[str] = frozenset()


def split_pictures(members: Sequence[Member], known: bool) -> tuple[set[str], str]:
    """Choose the pictures for validation.

    Args:
        members: the pictures.
        known: whether ``recording`` is certain; otherwise it is a guess that may be of no use.

    Returns:
        Their names, and the rule in words.
    """
    sizes = Counter(member.recording for member in members)
    enough = len(sizes) >= LEAST_RECORDINGS and max(sizes.values()) <= len(members) / 2
    if len(sizes) > 1 and (known or enough):
        chosen = split_groups(members)
        held = {member.recording for member in members if member.name in chosen}
        return chosen, f'{len(held)} of {len(sizes)} sources, chosen by hash'
    reason = f'the names of the files tell only {len(sizes)} sources apart'
    if len(sizes) == 1:
        reason = 'the names of the files tell of one source only'
    if len(sizes) >= LEAST_RECORDINGS:
        reason = 'more than half of the pictures are of one source'
    return split_groups(_in_blocks(members)), (
        f'two of {BLOCKS} blocks of neighbours of each source, because {reason}'
    )


def _in_blocks(members: Sequence[Member]) -> list[Member]:
    sequences: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        sequences[f'{parent(member.name)}/{member.recording}'].append(member)
    blocks = []
    for key, row in sequences.items():
        row.sort(key=lambda member: natural_key(member.name))
        for place, member in enumerate(row):
            block = place * BLOCKS // len(row) if len(row) >= BLOCKS else place
            recording = f'{key}#{block}'
            blocks.append(replace(member, recording=recording, stratum=key))
    return blocks


def split_groups(members: Sequence[Member]) -> set[str]:
    """Choose whole recordings with about a fifth of every stratum, the same ones every time.

    A recording belongs to the stratum of most of its members. At least one stays in training.
    """
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        groups[member.recording].append(member)
    strata: dict[str, dict[str, float]] = defaultdict(dict)
    for key, row in groups.items():
        counts = Counter(member.stratum for member in row)
        stratum = min(counts, key=lambda name: (-counts[name], name))
        strata[stratum][key] = sum(member.weight for member in row)
    spare = _Spare({key: {one for m in row for one in m.shows} for key, row in groups.items()})
    held: set[str] = set()
    for weights in strata.values():
        held |= _choose(weights, spare)
    if not held and len(groups) > 1:
        held = _choose({key: sum(m.weight for m in row) for key, row in groups.items()}, spare)
    return {member.name for key in held for member in groups[key]}


class _Spare:
    """Knows which recordings can be taken without taking the last one that shows a class."""

    def __init__(self, shows: Mapping[str, set[str]]) -> None:
        self._shows = shows
        self._left = Counter(name for names in shows.values() for name in names)

    def __contains__(self, key: str) -> bool:
        return all(self._left[name] > 1 for name in self._shows[key])

    def take(self, key: str) -> None:
        self._left.subtract(self._shows[key])


def _choose(weights: Mapping[str, float], spare: _Spare) -> set[str]:
    """Take groups in the order of their hashes up to a fifth of the weight."""
    total, taken = sum(weights.values()), 0.0
    chosen: set[str] = set()
    for key in sorted(weights, key=lambda key: sha256_of(key.encode())):
        if taken >= VALIDATION_SHARE * total * 0.9:
            break
        if taken + weights[key] <= VALIDATION_SHARE * total * 1.5 and key in spare:
            chosen.add(key)
            spare.take(key)
            taken += weights[key]
    free = [key for key in weights if key in spare]
    if not chosen and free and len(weights) > 1:
        lightest = min(free, key=lambda key: (weights[key], sha256_of(key.encode())))
        spare.take(lightest)
        chosen.add(lightest)
    return chosen
