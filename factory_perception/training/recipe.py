"""What a task adds to the way from data to a published model."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable, TypeVar

from numpy.typing import NDArray
from torch import nn

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import TrainingData
from factory_perception.training.distributed import Team
from factory_perception.training.lesson import Lesson
from factory_perception.training.settings import TrainingSettings

Data = TypeVar('Data', bound=TrainingData, contravariant=True)


class Recipe(Protocol[Data]):
    """One task, from its network to its figures; ``Data`` is what it learns from."""

    task: str
    #: The figure that decides about precisions and promotion; higher is better.
    metric: str

    def network(self, settings: TrainingSettings, data: Data) -> nn.Module:
        """Make a network with fresh weights.

        Raises:
            SettingsError: the settings do not fit the task or the data.
        """

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the part of a network that sees, for pretrained weights and freezing."""

    def lesson(
        self,
        network: nn.Module,
        data: Data,
        validation: Data,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and data together for the loop."""

    def calibrate(self, network: nn.Module, settings: TrainingSettings, validation: Data) -> None:
        """Set what is set on validation data after training, such as a temperature."""

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export a trained network to ONNX, in half precision inside if asked."""

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: Data
    ) -> dict[str, Any]:
        """Describe inputs, outputs, decoder, classes and thresholds."""

    def probe(self, network: nn.Module, settings: TrainingSettings, data: Data) -> bytes:
        """Give probe vectors: inputs as a node writes them, and what torch answers."""

    def inputs(self, settings: TrainingSettings, data: Data, index: int) -> dict[str, NDArray]:
        """Give the inputs for one picture as a node writes them, with a batch of one."""

    def quantised_layers(self) -> tuple[str, ...]:
        """Give the kinds of ONNX operations that int8 may replace."""

    def evaluate(
        self, folder: ModelFolder, data: Data, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure a published model through its engine; holds ``metric`` and ``per_class``."""


@runtime_checkable
class WithFiles(Protocol):
    """A recipe whose model holds more than a network."""

    def files(self) -> dict[str, bytes]:
        """Give the further files by name, once all that is set on validation data is set."""


@runtime_checkable
class WithNotes(Protocol):
    """A recipe whose model may have to be taken with care."""

    def notes(self) -> tuple[str, ...]:
        """Say why, in sentences, once all that is set on validation data is set."""
