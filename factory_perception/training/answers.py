"""What a published model answers on a set: kept by picture, so that pictures can be resampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.training.class_answers import class_answers
from factory_perception.training.data import PictureData
from factory_perception.training.detection_answers import detection_answers
from factory_perception.training.mask_answers import mask_answers


class Answers(Protocol):
    """The answers to every picture of a set, beside the truth."""

    @property
    def names(self) -> tuple[str, ...]:
        """Name the figures of the whole set, the one that decides first."""

    @property
    def classes(self) -> Sequence[str]:
        """Give the class names."""

    @property
    def pictures(self) -> int:
        """Give the number of pictures."""

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the figures by ``names``, then the figure that decides for each class.

        Args:
            weights: ``(P,)``, how often each picture counts.

        Returns:
            ``(len(names) + len(classes),)``; higher is better, NaN where nothing can be said.
        """


_BY_TASK: dict[str, Callable[[ModelFolder, PictureData, str, str], Answers]] = {
    'detect': detection_answers,
    'classify': class_answers,
    'segment': mask_answers,
}

#: Tasks whose answers are kept by picture.
ANSWERED_TASKS = tuple(_BY_TASK)


def collect_answers(
    folder: ModelFolder, data: PictureData, backend: str = 'auto', precision: str = 'auto'
) -> Answers:
    """Run a model over a set the way it is shipped: manifest, engine, decoder.

    Raises:
        ModelError: the model is for another task or other classes than the set.
        EngineError: the model cannot be run.
    """
    manifest = folder.manifest
    if manifest.task not in _BY_TASK or manifest.task != data.task:
        raise ModelError(f'{folder.label} is a model for {manifest.task}, not for {data.task}')
    if list(manifest.classes) != list(data.classes):
        raise ModelError(
            f'{folder.label} knows {", ".join(manifest.classes)}; {data.origin} has '
            f'{", ".join(data.classes)}'
        )
    return _BY_TASK[manifest.task](folder, data, backend, precision)
