"""Turn the output tensors of a detector into boxes; one class a kind of network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.manifest import Manifest, ModelError
from factory_perception.vision.detections import Detections
from factory_perception.vision.nms import keep_best

#: So many candidates go into NMS at most, the surest ones: its cost grows with their square.
CANDIDATES = 300


@dataclass(frozen=True)
class Limits:
    """What to keep of the candidates; may change between two frames."""

    score: float
    iou: float
    max_detections: int


class Decoder(Protocol):
    """Reads picture ``index`` of a batch out of the output tensors."""

    def __call__(self, outputs: Mapping[str, NDArray], index: int, limits: Limits) -> Detections:
        """Give the detections in pixels of the network's input."""


class BoxesScores:
    """Our own head: ``boxes [B, A, 4]`` edges in input pixels and ``scores [B, A, C]`` in 0..1."""

    def __init__(self, manifest: Manifest) -> None:
        _check_outputs(
            manifest, {'boxes': (None, None, 4), 'scores': (None, None, len(manifest.classes))}
        )

    def __call__(self, outputs: Mapping[str, NDArray], index: int, limits: Limits) -> Detections:
        """Choose the class of each box by its highest score, then suppress doubles."""
        scores = outputs['scores'][index]
        best = scores.max(axis=1)
        candidates = surest(best, limits.score)
        return choose(
            outputs['boxes'][index][candidates],
            best[candidates],
            scores[candidates].argmax(axis=1),
            limits,
        )


class Yolox:
    """A YOLOX file as exported without decoding: one tensor ``[B, A, 5 + C]``.

    A row holds centre, logarithm of the size (both in cells), objectness and class scores. Grid and
    strides follow from the input size (Ge et al., YOLOX, arXiv:2107.08430).
    """

    def __init__(self, manifest: Manifest) -> None:
        self._output = manifest.outputs[0].name
        strides = manifest.decoder.get('strides', [8, 16, 32])
        height, width = manifest.inputs[0].shape[2:]
        if height is None or width is None:
            raise ModelError(f'{manifest.name}: the input of a YOLOX model has a fixed size')
        cells, sizes = [], []
        for stride in strides:
            rows, columns = np.mgrid[: height // stride, : width // stride]
            cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
            sizes.append(np.full((rows.size, 1), stride))
        self._cells = np.concatenate(cells).astype(np.float32)
        self._strides = np.concatenate(sizes).astype(np.float32)
        _check_outputs(
            manifest, {self._output: (None, len(self._cells), 5 + len(manifest.classes))}
        )

    def __call__(self, outputs: Mapping[str, NDArray], index: int, limits: Limits) -> Detections:
        """Decode only the rows that can pass the score threshold."""
        rows = outputs[self._output][index]
        hopeful = np.flatnonzero(rows[:, 4] > limits.score)  # class scores only lower it
        rows = rows[hopeful]
        scores = rows[:, 5:] * rows[:, 4:5]
        best = scores.max(axis=1, initial=0)
        candidates = surest(best, limits.score)
        chosen, strides = rows[candidates], self._strides[hopeful[candidates]]
        centres = (chosen[:, :2] + self._cells[hopeful[candidates]]) * strides
        halves = np.exp(chosen[:, 2:4]) * strides / 2
        boxes = np.concatenate([centres - halves, centres + halves], axis=1)
        return choose(boxes, best[candidates], scores[candidates].argmax(axis=1), limits)


DECODERS: dict[str, Callable[[Manifest], Decoder]] = {'boxes_scores': BoxesScores, 'yolox': Yolox}


def make_decoder(manifest: Manifest) -> Decoder:
    """Make the decoder that a manifest asks for.

    Raises:
        ModelError: it asks for none that is known, or its tensors do not fit.
    """
    name = manifest.decoder.get('name', '')
    if name not in DECODERS:
        raise ModelError(
            f'{manifest.name}@{manifest.version} asks for the decoder "{name}"; '
            f'known are {", ".join(DECODERS)}: update factory_perception'
        )
    return DECODERS[name](manifest)


def surest(scores: NDArray[np.float32], threshold: float) -> NDArray[np.intp]:
    """Give the indices of scores above a threshold, at most ``CANDIDATES`` of the highest."""
    index = np.flatnonzero(scores > threshold)
    if len(index) > CANDIDATES:
        index = index[np.argpartition(-scores[index], CANDIDATES)[:CANDIDATES]]
    return index


def choose(boxes: NDArray, scores: NDArray, class_ids: NDArray, limits: Limits) -> Detections:
    """Suppress doubles among candidates and give the rest as detections, surest first."""
    if len(scores) == 0:
        return Detections.empty()
    found = Detections(
        boxes.astype(np.float32), scores.astype(np.float32), class_ids.astype(np.int32)
    )
    kept = keep_best(
        found.boxes_xyxy, found.scores, found.class_ids, limits.iou, limits.max_detections
    )
    return found.select(kept)


def _check_outputs(manifest: Manifest, wanted: Mapping[str, tuple[int | None, ...]]) -> None:
    outputs = {spec.name: spec for spec in manifest.outputs}
    for name, shape in wanted.items():
        spec = outputs.get(name)
        fits = (
            spec is not None
            and len(spec.shape) == len(shape)
            and all(size is None or size == real for size, real in zip(shape, spec.shape))
        )
        if not fits:
            sizes = ', '.join('*' if size is None else str(size) for size in shape)
            raise ModelError(
                f'{manifest.name}@{manifest.version}: its decoder needs an output {name} '
                f'[{sizes}], the model gives {"; ".join(map(str, manifest.outputs))}'
            )
