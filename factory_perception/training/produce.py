"""From data to a published model: fit, then export, measure, judge, report and publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.anew import to_publish_anew
from factory_perception.training.candidate import build_candidate
from factory_perception.training.datasets.series import SERIES_TASKS
from factory_perception.training.distributed import join_team, Team
from factory_perception.training.fit import fit, Step
from factory_perception.training.input_size import with_input_size
from factory_perception.training.learning_curve import learning_curve, require_divisible
from factory_perception.training.order import in_full_precision, Order
from factory_perception.training.publishing import publish_candidate
from factory_perception.training.run_length import with_length
from factory_perception.training.setting_tree import differences, SettingsError
from factory_perception.training.settings import TrainingSettings
from factory_perception.training.weights import freeze, start_from_model, start_trunk_from_file


def produce(
    order: Order, watch: Callable[[Step], None], say: Callable[[str], None]
) -> ModelFolder | None:
    """Train and publish the next version of a model; nothing where this process does not lead.

    With ``export_only`` nothing is learned: the weights of the model to start from are measured,
    judged and published anew, with other settings of the export or for other pictures.

    The new version becomes champion only when it is not worse than the present one. Decision and
    reason stand in the manifest and in the report, and are said.

    Args:
        order: what to make.
        watch: called after every training step.
        say: called with one line about each stage after training.

    Raises:
        SettingsError, FitError, EngineError, OSError: the text says what to change.
    """
    order = to_publish_anew(order) if order.export_only else order
    before = order.run.settings() if order.resume else None
    order = _settled(order, before, say)
    if order.learning_curve:
        require_divisible(order)
    team = join_team()
    network = _start(order, say)
    lesson = order.recipe.lesson(network, order.data, order.validation, order.settings, team)
    order = replace(order, settings=with_length(order.settings, lesson.batches_per_epoch))
    for change in differences(before, order.settings) if before else ():
        say(f'the run was begun otherwise: {change}')
    order.run.write_settings(order.settings)
    if order.run.holds_checkpoint and not order.resume:
        say(f'{order.run.path} held an earlier run; it is dropped (--resume would go on from it)')
    if order.export_only:
        trained = _as_it_is(order, network, team, say)
    else:
        trained = fit(lesson, order.settings.fit, order.run, watch, order.resume)
    if not team.leads:
        return None
    if order.learning_curve:
        learning_curve(order, partial(_start, say=say), say)
    candidate = build_candidate(order, trained, say)
    return publish_candidate(order, candidate, say)


def _settled(order: Order, before: TrainingSettings | None, say: Callable[[str], None]) -> Order:
    """Settle what the settings leave to the task, to the data and to the run that goes on."""
    if order.recipe.task in SERIES_TASKS:
        return in_full_precision(order)
    settings = with_input_size(order.settings, order.data, before)
    say(f'pictures are fitted to {" x ".join(map(str, settings.model.input_wh))}')
    return replace(order, settings=settings)


def _as_it_is(
    order: Order, network: nn.Module, team: Team, say: Callable[[str], None]
) -> nn.Module:
    team.leave()
    say(f'nothing is learned: the weights of {order.settings.model.start_from} stay as they are')
    return network.eval()


def _start(order: Order, say: Callable[[str], None]) -> nn.Module:
    recipe, model = order.recipe, order.settings.model
    torch.manual_seed(order.settings.fit.seed)
    network = recipe.network(order.settings, order.data)
    missing: list[str] = []
    if model.pretrained:
        missing = start_trunk_from_file(recipe.trunk(network), Path(model.pretrained))
    if model.start_from:
        missing = start_from_model(network, order.store.find(model.start_from))
    if order.settings.fit.keep_start and (missing or not model.start_from):
        raise SettingsError(
            'fit.keep_start mixes with the weights of a whole model: say --from with one that has '
            'the same classes, model.size, model.template and at least the same coarsest_stride'
        )
    if order.export_only and missing:
        raise SettingsError(
            f'{model.start_from} has another form: leave model.size, model.coarsest_stride and '
            'model.template as it has them'
        )
    if missing:
        say(f'{len(missing)} tensors begin afresh, among them {", ".join(missing[:3])}')
    trunk = recipe.trunk(network)
    if model.freeze == 'trunk':
        freeze(network, [trunk])
    elif model.freeze == 'stem':
        freeze(network, [trunk.stem])  # type: ignore[list-item]
    return network
