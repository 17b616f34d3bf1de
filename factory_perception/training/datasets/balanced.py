"""Choose a few of many so that every kind is among them; the same ones every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from factory_perception.files import sha256_of


def balanced(names: Sequence[str], kinds: Sequence[Sequence[Hashable]], count: int) -> list[int]:
    """Choose places, kind by kind in turn.

    Args:
        names: decide which of a kind come first, by hash.
        kinds: what each one shows; one that shows nothing is of a kind of its own.
        count: how many to choose at most.

    Returns:
        The chosen places in their order of choice.
    """
    order = sorted(range(len(names)), key=lambda place: sha256_of(names[place].encode()))
    of_kind: dict[Hashable, list[int]] = defaultdict(list)
    for place in order:
        for kind in kinds[place] or ('nothing',):
            of_kind[kind].append(place)
    chosen: dict[int, None] = {}
    rows = [iter(places) for _, places in sorted(of_kind.items(), key=lambda item: str(item[0]))]
    while rows and len(chosen) < min(count, len(names)):
        for row in list(rows):
            free = next((place for place in row if place not in chosen), None)
            if free is None:
                rows.remove(row)
            elif len(chosen) < count:
                chosen[free] = None
    return list(chosen)
