"""The report on a training: plain sentences first, then everything behind them."""

from __future__ import annotations

from collections.abc import Mapping

from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.report.advice import advice
from factory_perception.training.report.class_view import class_view
from factory_perception.training.report.detection_view import class_free, detection_view
from factory_perception.training.report.evidence import Evidence, span
from factory_perception.training.report.mask_view import mask_view
from factory_perception.training.report.report import Report, Section
from factory_perception.training.report.sections.attention import attention_section
from factory_perception.training.report.sections.baseline import baseline_section, RULES
from factory_perception.training.report.sections.confusion import confusion_section
from factory_perception.training.report.sections.course import course_section
from factory_perception.training.report.sections.data_audit import data_section
from factory_perception.training.report.sections.features import features_section
from factory_perception.training.report.sections.figures import figures_section
from factory_perception.training.report.sections.precision_recall import precision_recall_section
from factory_perception.training.report.sections.precisions import precisions_section
from factory_perception.training.report.sections.promotion import promotion_section
from factory_perception.training.report.sections.reliability import reliability_section
from factory_perception.training.report.sections.roc import roc_section
from factory_perception.training.report.sections.run_facts import run_section
from factory_perception.training.report.sections.scores import scores_section
from factory_perception.training.report.sections.worst import worst_section
from factory_perception.training.report.text import listed
from factory_perception.training.report.view import View
from factory_perception.training.statistics import Interval

_TASKS = {
    'detect': 'A detector: it boxes {} in pictures.',
    'classify': 'A classifier: it names a picture {}.',
    'segment': 'A segmenter: it marks the pixels of {}.',
}


def build_report(evidence: Evidence) -> Report:
    """Make the report on a candidate."""
    figures, per_class = evidence.intervals()
    view = make_view(evidence, figures)
    manifest = evidence.manifest
    made = str(manifest['provenance']['created']).replace('T', ' ')[:16]
    return Report(
        title=f'Training report: {manifest["name"]}',
        subtitle=f'{made} UTC · {manifest["task"]} · {evidence.train_facts.origin}',
        headlines=view.headlines,
        points=_points(evidence, view, figures, per_class),
        sections=_sections(evidence, view, figures, per_class),
    )


def make_view(evidence: Evidence, figures: Mapping[str, Interval]) -> View:
    """Give a task's answers in the forms that the sections want."""
    answers, data = evidence.answers, evidence.validation
    if isinstance(answers, DetectionAnswers):
        return detection_view(answers, data, figures)
    if isinstance(answers, ClassAnswers):
        return class_view(answers, data, figures)
    assert isinstance(answers, MaskAnswers)
    return mask_view(answers, data, figures)


def ours_beside(evidence: Evidence) -> Mapping[str, Mapping[str, float]]:
    """Give the figures of the model that stand beside those of the rule."""
    if isinstance(evidence.answers, DetectionAnswers):
        return class_free(evidence.answers)
    figures = evidence.measured['fp32']
    return {'': {name: float(figures[name]) for name in evidence.answers.names}}


def _sections(
    evidence: Evidence,
    view: View,
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
) -> tuple[Section, ...]:
    facts, classes = evidence.train_facts, evidence.answers.classes
    provenance = evidence.manifest['provenance']
    threshold = view.sureness.threshold if view.sureness else None
    return (
        figures_section(figures, per_class, facts.counts, facts.unit),
        baseline_section(evidence.baseline, ours_beside(evidence)),
        promotion_section(evidence.decision),
        precisions_section(evidence.measured, evidence.verdicts, evidence.metric, evidence.sizes),
        course_section(evidence.rows, evidence.metric, evidence.min_delta),
        precision_recall_section(view.ranked, classes, threshold),
        roc_section(view.presence, classes),
        confusion_section(view.confusion),
        scores_section(view.sureness),
        reliability_section(view.sureness),
        worst_section(view.worst, view.worst_note),
        attention_section(evidence.looking),
        features_section(evidence.train_features, evidence.validation_features, classes),
        data_section(facts, evidence.validation_facts, evidence.problems, evidence.unchecked),
        run_section(provenance, evidence.versions, provenance['settings']),
    )


def _points(
    evidence: Evidence,
    view: View,
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    main, facts = figures[evidence.metric], evidence.validation_facts
    kept = ['fp32', *(verdict.precision for verdict in evidence.verdicts if verdict.kept)]
    good = f'{evidence.metric} {span(main)}.'
    on = (
        f'{facts.pictures} pictures that it was not trained on ({facts.origin}); the best epoch '
        'was chosen on them, so a fresh test set will say a little less.'
    )
    return (
        ('What was trained', (_trained(evidence),)),
        ('How good it is', (good,)),
        ('Measured on', (on,)),
        ('Against a simple rule', (_rival(evidence),)),
        ('Published as', (f'{listed(kept)}.',)),
        ('Takes over', (_takes_over(evidence),)),
        ('What to do next', advice(evidence, view, figures, per_class)),
    )


def _trained(evidence: Evidence) -> str:
    classes = list(evidence.answers.classes)
    if evidence.manifest['task'] == 'segment':
        classes = classes[1:]
    said = _TASKS[evidence.manifest['task']].format(listed(classes, 8))
    count = evidence.manifest['provenance']['parameters']
    return f'{said} {count / 1e6:.2f} million parameters, {evidence.train_facts.pictures} pictures.'


def _rival(evidence: Evidence) -> str:
    rival = evidence.baseline
    if rival is None:
        return ''
    ours = ours_beside(evidence)
    group = list(ours)[-1]
    figures = rival[group] if group else rival
    name = 'f1' if 'f1' in ours[group] else next(iter(ours[group]))
    rule = RULES.get(rival['name'], rival['name'])
    where = f' at {group}, classes aside' if group else ''
    return f'"{rule}" reaches {name} {figures[name]:.3f}{where}; the model {ours[group][name]:.3f}.'


def _takes_over(evidence: Evidence) -> str:
    said = 'Yes' if evidence.decision.promoted else 'No'
    return f'{said}: {evidence.decision.reason}.'
