"""What a training is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from factory_perception.model_store.store import ModelStore
from factory_perception.training.data import PictureData
from factory_perception.training.recipe import Recipe
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import TrainingSettings


@dataclass(frozen=True)
class Order:
    """What is to be made, from what, and where it goes."""

    name: str
    recipe: Recipe[Any]
    data: Any
    validation: Any
    settings: TrainingSettings
    store: ModelStore
    run: RunFolder
    #: Command line, for the provenance.
    command: str
    licence: dict[str, str]
    extra: dict[str, Any] = field(default_factory=dict)
    resume: bool = False
    #: Publish the model of ``model.start_from`` anew; nothing is learned.
    export_only: bool = False
    #: What decides whether the new version takes over; the validation set when absent.
    golden: PictureData | None = None
    #: Also train on parts of the data, to see whether more of them would help.
    learning_curve: bool = False


def in_full_precision(order: Order) -> Order:
    """Ask for fp32 alone: recurrent networks are small, and positions need their digits."""
    exact = replace(order.settings.export, fp16=False, int8=False)
    return replace(order, settings=replace(order.settings, export=exact))
