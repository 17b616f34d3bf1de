"""What recipes have in common whose networks see pictures with a trunk."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import nn

from factory_perception.training.data import PictureData
from factory_perception.training.distributed import Team
from factory_perception.training.lesson import Lesson
from factory_perception.training.settings import TrainingSettings


class SeeingRecipe:
    """Trunk and lesson of networks that learn from pictures."""

    #: Brings such a network and pictures together for the loop.
    lesson_type: ClassVar[Any]

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the part of a network that sees."""
        found = network.trunk
        assert isinstance(found, nn.Module)
        return found

    def lesson(
        self,
        network: nn.Module,
        data: PictureData,
        validation: PictureData,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and data together."""
        found: Lesson = self.lesson_type(network, data, validation, settings, team)
        return found
