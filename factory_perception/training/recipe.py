"""What a task adds to the way from data to a published model."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray
from torch import nn

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import PictureData
from factory_perception.training.distributed import Team
from factory_perception.training.lesson import Lesson
from factory_perception.training.settings import TrainingSettings


class Recipe(Protocol):
    """One task, from its network to its figures."""

    task: str
    #: The figure that decides about precisions and promotion; higher is better.
    metric: str

    def network(self, settings: TrainingSettings, data: PictureData) -> nn.Module:
        """Make a network with fresh weights.

        Raises:
            SettingsError: the settings do not fit the task or the data.
        """

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the part of a network that sees, for pretrained weights and freezing."""

    def lesson(
        self,
        network: nn.Module,
        data: PictureData,
        validation: PictureData,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and data together for the loop."""

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: PictureData
    ) -> None:
        """Set what is set on validation data after training, such as a temperature."""

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export a trained network to ONNX, in half precision inside if asked."""

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: PictureData
    ) -> dict[str, Any]:
        """Describe inputs, outputs, decoder, classes and thresholds."""

    def probe(self, network: nn.Module, settings: TrainingSettings, data: PictureData) -> bytes:
        """Give probe vectors: inputs as a node writes them, and what torch answers."""

    def inputs(
        self, settings: TrainingSettings, data: PictureData, index: int
    ) -> dict[str, NDArray]:
        """Give the inputs for one picture as a node writes them, with a batch of one."""

    def quantised_layers(self) -> tuple[str, ...]:
        """Give the kinds of ONNX operations that int8 may replace."""

    def evaluate(
        self, folder: ModelFolder, data: PictureData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure a published model through its engine; holds ``metric`` and ``per_class``."""
