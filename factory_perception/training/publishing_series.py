"""A candidate that learnt from recordings becomes a version: decision, publication, promotion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from factory_perception.engines.engine import EngineError
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.publish import publish
from factory_perception.training.candidate import Candidate
from factory_perception.training.order import Order
from factory_perception.training.promotion import carry_out, Decision
from factory_perception.training.settings import SettingsError
from factory_perception.training.trial import onnx_facts


def in_full_precision(order: Order) -> Order:
    """Ask for fp32 alone: recurrent networks are small, and positions need their digits."""
    exact = replace(order.settings.export, fp16=False, int8=False)
    return replace(order, settings=replace(order.settings, export=exact))


def publish_series(order: Order, candidate: Candidate, say: Callable[[str], None]) -> ModelFolder:
    """Decide about promotion on the validation recordings, publish, and do what was decided.

    Raises:
        OSError: the disk is full or not writable; nothing is published.
    """
    decision = _decide(order, candidate.manifest['metrics']['fp32'])
    candidate.manifest['provenance']['promotion'] = decision.as_json()
    facts = onnx_facts(candidate.files)
    published = publish(order.store, candidate.manifest, candidate.files, facts)
    say(carry_out(order.store, published, decision))
    return published


def _decide(order: Order, figures: dict[str, Any]) -> Decision:
    """Compare the main figure with that of the champion."""
    version = order.store.champion(order.name)
    where = order.validation.origin, order.validation.sha256
    if version is None:
        return Decision(True, 'there is no champion yet to compare with', *where)
    try:
        folder = order.store.find(f'{order.name}@{version}')
        present = order.recipe.evaluate(folder, order.validation, 'onnxruntime', 'fp32')
    except (ModelError, EngineError, SettingsError) as error:
        reason = f'it cannot be compared with the champion: {error}'
        return Decision(False, reason, *where, version)
    metric, allowed = order.recipe.metric, order.settings.export.promotion_max_drop
    gain = figures[metric] - present[metric]
    words = f'{gain:+.4f} {metric} beside {folder.label}'
    if gain < -allowed:
        return Decision(False, f'it is worse by more than {allowed:g}: {words}', *where, version)
    return Decision(True, words, *where, version)
