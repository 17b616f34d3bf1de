"""What a report on a model of pictures says beside what all reports say."""

from __future__ import annotations

from collections.abc import Mapping

from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.class_view import class_view
from factory_perception.training.report.detection_view import class_free, detection_view
from factory_perception.training.report.evidence import PictureEvidence
from factory_perception.training.report.mask_view import mask_view
from factory_perception.training.report.picture_advice import picture_advice
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.attention import attention_section
from factory_perception.training.report.sections.baseline import baseline_section, RULES
from factory_perception.training.report.sections.confusion import confusion_section
from factory_perception.training.report.sections.features import features_section
from factory_perception.training.report.sections.precision_recall import precision_recall_section
from factory_perception.training.report.sections.reliability import reliability_section
from factory_perception.training.report.sections.roc import roc_section
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


def picture_chapter(
    evidence: PictureEvidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> Chapter:
    """Make what only detectors, classifiers and segmenters have."""
    view, facts = make_view(evidence, figures), evidence.train_facts
    task, classes = evidence.manifest['task'], list(evidence.answers.classes)
    named = classes[1:] if task == 'segment' else classes
    return Chapter(
        headlines=view.headlines,
        trained=_TASKS[task].format(listed(named, 8)),
        versus=('Against a simple rule', _rival(evidence)),
        figures=evidence.answers.names,
        beside=(f'training {facts.unit}', facts.counts),
        rival=baseline_section(evidence.baseline, _ours_beside(evidence)),
        precisions=True,
        score=evidence.metric,
        sections=_sections(evidence, view),
        advice=picture_advice(view, classes[0] if task == 'segment' else 'nothing'),
    )


def make_view(evidence: PictureEvidence, figures: Mapping[str, Interval]) -> View:
    """Give a task's answers in the forms that the sections want."""
    answers, data = evidence.answers, evidence.validation
    if isinstance(answers, DetectionAnswers):
        return detection_view(answers, data, figures)
    if isinstance(answers, ClassAnswers):
        return class_view(answers, data, figures)
    assert isinstance(answers, MaskAnswers)
    return mask_view(answers, data, figures)


def _ours_beside(evidence: PictureEvidence) -> Mapping[str, Mapping[str, float]]:
    """Give the figures of the model that stand beside those of the rule."""
    if isinstance(evidence.answers, DetectionAnswers):
        return class_free(evidence.answers)
    figures = evidence.measured['fp32']
    return {'': {name: float(figures[name]) for name in evidence.answers.names}}


def _sections(evidence: PictureEvidence, view: View) -> tuple[Section, ...]:
    classes = evidence.answers.classes
    threshold = view.sureness.threshold if view.sureness else None
    return (
        precision_recall_section(view.ranked, classes, threshold),
        roc_section(view.presence, classes),
        confusion_section(view.confusion),
        scores_section(view.sureness),
        reliability_section(view.sureness),
        worst_section(view.worst, view.worst_note),
        attention_section(evidence.looking),
        features_section(evidence.train_features, evidence.validation_features, classes),
    )


def _rival(evidence: PictureEvidence) -> str:
    rival = evidence.baseline
    if rival is None:
        return ''
    ours = _ours_beside(evidence)
    group = list(ours)[-1]
    figures = rival[group] if group else rival
    name = 'f1' if 'f1' in ours[group] else next(iter(ours[group]))
    rule = RULES.get(rival['name'], rival['name'])
    where = f' at {group}, classes aside' if group else ''
    return f'"{rule}" reaches {name} {figures[name]:.3f}{where}; the model {ours[group][name]:.3f}.'
