"""The range of input shapes that a plan is built for."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.model_store.manifest import Manifest


@dataclass(frozen=True)
class ShapeRange:
    """The shapes of one input with a free batch dimension."""

    name: str
    smallest: tuple[int, ...]
    best: tuple[int, ...]
    largest: tuple[int, ...]


def shape_ranges(manifest: Manifest, max_batch: int) -> tuple[ShapeRange, ...]:
    """Give the range of each input that has a free batch dimension: 1 to ``max_batch``.

    Plans are tuned for ``max_batch``: a node with four cameras sends four pictures at a time.
    """
    return tuple(
        ShapeRange(spec.name, spec.sized(1), spec.sized(max_batch), spec.sized(max_batch))
        for spec in manifest.inputs
        if None in spec.shape
    )
