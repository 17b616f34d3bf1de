"""A candidate becomes a version: decision, report, publication, promotion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import tempfile

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import publish
from factory_perception.training.answers import collect_answers
from factory_perception.training.candidate import Candidate
from factory_perception.training.order import Order
from factory_perception.training.promotion import carry_out, decide, Decision
from factory_perception.training.report.build import build_report
from factory_perception.training.report.folder import write_report
from factory_perception.training.report.gather import gather
from factory_perception.training.report.report import plain
from factory_perception.training.trial import onnx_facts, trial


def publish_candidate(
    order: Order, candidate: Candidate, say: Callable[[str], None]
) -> ModelFolder:
    """Decide about promotion, write the report, publish with both, and do what was decided.

    Raises:
        OSError: the disk is full or not writable; nothing is published.
    """
    manifest, facts = candidate.manifest, onnx_facts(candidate.files)
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        say('writing the report')
        report = Path(scratch) / 'report'
        decision = _decide_and_report(order, candidate, report)
        manifest['provenance']['promotion'] = plain(decision.as_json())
        published = publish(
            order.store, manifest, candidate.files, facts, report, first_serves=False
        )
    say(carry_out(order.store, published, decision))
    return published


def _decide_and_report(order: Order, candidate: Candidate, report: Path) -> Decision:
    """Decide on the answers to the golden set, and write the report."""
    golden = order.golden or order.validation
    with trial(candidate.manifest, candidate.files) as folder:
        answers = collect_answers(folder, order.validation, 'onnxruntime', 'fp32')
        deciding = answers
        if order.golden is not None:
            deciding = collect_answers(folder, golden, 'onnxruntime', 'fp32')
    max_drop = order.settings.export.promotion_max_drop
    decision = decide(order.store, order.name, deciding, golden, max_drop)
    write_report(build_report(gather(order, candidate, answers, decision)), report)
    return decision
