"""What a published model answers on a set, kept by picture or recording: they are resampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.training.class_answers import class_answers
from factory_perception.training.data import PICTURE_TASKS, TrainingData
from factory_perception.training.detection_answers import detection_answers
from factory_perception.training.fault_answers import fault_answers
from factory_perception.training.forecast_answers import forecast_answers
from factory_perception.training.mask_answers import mask_answers
from factory_perception.training.telemetry_answers import telemetry_answers


class Answers(Protocol):
    """The answers to every picture or recording of a set, beside the truth."""

    @property
    def names(self) -> tuple[str, ...]:
        """Name the figures of the whole set, the one that decides first."""

    @property
    def classes(self) -> Sequence[str]:
        """Name what figures are given for one by one: classes, horizons, kinds of faults."""

    @property
    def units(self) -> int:
        """Give the number of pictures or recordings."""

    @property
    def unit(self) -> str:
        """Say what the units are: ``pictures``."""

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the figures by ``names``, then the figure that decides for each class.

        Args:
            weights: ``(units,)``, how often each counts.

        Returns:
            ``(len(names) + len(classes),)``; of the deciding figures higher is better; NaN where
            nothing can be said.
        """


_BY_TASK: dict[str, Callable[[ModelFolder, Any, str, str], Answers]] = {
    'detect': detection_answers,
    'classify': class_answers,
    'segment': mask_answers,
    'forecast': forecast_answers,
    'fault': fault_answers,
    'telemetry': telemetry_answers,
}


def collect_answers(
    folder: ModelFolder, data: TrainingData, backend: str = 'auto', precision: str = 'auto'
) -> Answers:
    """Run a model over a set the way it is shipped: manifest, engine, decoder.

    Raises:
        ModelError: the model is for another task or other classes than the set.
        EngineError: the model cannot be run.
        SettingsError: the recordings lack a joint of the model, or are too short.
    """
    manifest = folder.manifest
    if manifest.task not in _BY_TASK or manifest.task != data.task:
        raise ModelError(f'{folder.label} is a model for {manifest.task}, not for {data.task}')
    if manifest.task in PICTURE_TASKS:
        _require_classes(folder, data)
    return _BY_TASK[manifest.task](folder, data, backend, precision)


def _require_classes(folder: ModelFolder, data: Any) -> None:
    known = folder.manifest.classes
    if list(known) != list(data.classes):
        raise ModelError(
            f'{folder.label} knows {", ".join(known)}; {data.origin} has {", ".join(data.classes)}'
        )
