"""A model of the store that is published anew: what it keeps of the one that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.class_order import in_order
from factory_perception.training.data import PICTURE_TASKS
from factory_perception.training.order import Order
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import ModelSettings


def learned_with(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings that a model was learned with: all but those of its export.

    Args:
        provenance: of its manifest.
    """
    groups = provenance.get('settings', {}).items()
    kept = {name: dict(values) for name, values in groups if name != 'export'}
    for key in ('start_from', 'pretrained'):  # the weights are in the model
        kept.get('model', {}).pop(key, None)
    return kept


def to_publish_anew(order: Order) -> Order:
    """Give the order with classes, licence and own settings of the model that it starts from.

    Raises:
        SettingsError: there is no such model, it learns more than a network, it does something
            else, the data have classes that it does not know, or the run folder is another's.
        ModelError: the model is not in the store.
    """
    name, task = order.settings.model.start_from, order.recipe.task
    if not name:
        raise SettingsError('nothing but a model can be published without learning: say --from')
    if task not in PICTURE_TASKS:
        raise SettingsError(
            f'a model for {task} is more than its network: all of it is fitted to the data, so it '
            'cannot be published without learning'
        )
    start = order.store.find(name)
    if start.manifest.task != task:
        raise SettingsError(f'{start.label} is a model for {start.manifest.task}, not for {task}')
    if order.run.holds_checkpoint:
        raise SettingsError(f'{order.run.path} holds a training: give another --run-dir')
    _require_form(order, start)
    data, validation, golden = (
        part and in_order(part, start.manifest.classes, start.label)[0]
        for part in (order.data, order.validation, order.golden)
    )
    model = replace(order.settings.model, start_from=start.label)
    return replace(
        order,
        data=data,
        validation=validation,
        golden=golden,
        settings=replace(order.settings, model=model),
        licence=dict(start.manifest.licence),
        extra=dict(start.manifest.settings),
    )


def _require_form(order: Order, start: ModelFolder) -> None:
    """Refuse a network of another form: some of its weights would be none that were learned."""
    learned = learned_with(start.manifest.provenance).get('model', {})
    for key in ('size', 'coarsest_stride', 'template'):
        # What a model does not tell was no setting yet when it learned.
        had = learned.get(key, getattr(ModelSettings(), key))
        if getattr(order.settings.model, key) != had:
            raise SettingsError(
                f'{start.label} has model.{key} {had!r}: leave it as it is, or learn'
            )
