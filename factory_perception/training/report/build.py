"""The report on a training: plain sentences first, then everything behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.report.advice import advice
from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import Evidence, span
from factory_perception.training.report.fault_chapter import fault_chapter
from factory_perception.training.report.forecast_chapter import forecast_chapter
from factory_perception.training.report.picture_chapter import picture_chapter
from factory_perception.training.report.report import Report, Section
from factory_perception.training.report.run_class_chapter import run_class_chapter
from factory_perception.training.report.sections.course import course_section
from factory_perception.training.report.sections.data_audit import data_section
from factory_perception.training.report.sections.figures import figures_section
from factory_perception.training.report.sections.learning import learning_section
from factory_perception.training.report.sections.precisions import precisions_section
from factory_perception.training.report.sections.promotion import promotion_section
from factory_perception.training.report.sections.run_facts import run_section
from factory_perception.training.report.telemetry_chapter import telemetry_chapter
from factory_perception.training.report.text import counted, listed
from factory_perception.training.run_class_answers import RunClassAnswers
from factory_perception.training.statistics import Interval
from factory_perception.training.telemetry_answers import TelemetryAnswers

Figures = Mapping[str, Interval]
_CHAPTERS: dict[type, Callable[[Any, Figures, Figures], Chapter]] = {
    DetectionAnswers: picture_chapter,
    ClassAnswers: picture_chapter,
    MaskAnswers: picture_chapter,
    ForecastAnswers: forecast_chapter,
    FaultAnswers: fault_chapter,
    RunClassAnswers: run_class_chapter,
    TelemetryAnswers: telemetry_chapter,
}


def build_report(evidence: Evidence) -> Report:
    """Make the report on a candidate."""
    figures, per_class = evidence.intervals()
    chapter = _CHAPTERS[type(evidence.answers)](evidence, figures, per_class)
    manifest = evidence.manifest
    made = str(manifest['provenance']['created']).replace('T', ' ')[:16]
    return Report(
        title=f'Training report: {manifest["name"]}',
        subtitle=f'{made} UTC · {manifest["task"]} · {evidence.train_facts.origin}',
        headlines=chapter.headlines,
        points=_points(evidence, chapter, figures, per_class),
        sections=_sections(evidence, chapter, figures, per_class),
    )


def _sections(
    evidence: Evidence, chapter: Chapter, figures: Figures, per_class: Figures
) -> tuple[Section, ...]:
    shares = {name: figures[name] for name in chapter.figures}
    provenance = evidence.manifest['provenance']
    facts = evidence.train_facts
    precisions: tuple[Section, ...] = ()
    learning: tuple[Section, ...] = ()
    if chapter.divisible:
        learning = (learning_section(evidence.learning, chapter.score),)
    if chapter.precisions:
        measured, metric = evidence.measured, evidence.metric
        precisions = (precisions_section(measured, evidence.verdicts, metric, evidence.sizes),)
    return (
        figures_section(shares, per_class, chapter.beside, evidence.answers.unit),
        chapter.rival,
        promotion_section(evidence.decision),
        *precisions,
        course_section(evidence.rows, chapter.score, evidence.min_delta, facts.noun),
        *learning,
        *chapter.sections,
        data_section(facts, evidence.validation_facts, evidence.problems, evidence.unchecked),
        run_section(provenance, evidence.versions, evidence.settings),
    )


def _points(
    evidence: Evidence, chapter: Chapter, figures: Figures, per_class: Figures
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    facts, made = evidence.validation_facts, evidence.manifest['provenance']
    kept = ['fp32', *(verdict.precision for verdict in evidence.verdicts if verdict.kept)]
    learnt = counted(evidence.train_facts.count, evidence.train_facts.noun)
    trained = f'{chapter.trained} {_parameters(made["parameters"])}, {learnt}.'
    on = (
        f'{counted(facts.count, facts.noun)} that it was not trained on ({facts.origin}); the best '
        f'epoch{chapter.chosen} chosen on them, so a fresh test set will say a little less.'
    )
    verdict = 'Yes' if evidence.decision.promoted else 'No'
    return (
        ('What was trained', (trained,)),
        ('How good it is', (f'{evidence.metric} {span(figures[evidence.metric])}.',)),
        ('Measured on', (on, *made['notes'])),
        (chapter.versus[0], (chapter.versus[1],) if chapter.versus[1] else ()),
        ('Published as', (f'{listed(kept)}.',)),
        ('Takes over', (f'{verdict}: {evidence.decision.reason}.',)),
        ('What to do next', advice(evidence, chapter, figures, per_class)),
    )


def _parameters(count: int) -> str:
    return f'{count / 1e6:.2f} million parameters' if count >= 1e5 else counted(count, 'parameter')
