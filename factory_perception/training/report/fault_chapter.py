"""What a report on a fault diagnosis says beside what all reports say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.fault_evaluation import WOLF
from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.report import Headline
from factory_perception.training.report.sections.confusion import confusion_section
from factory_perception.training.report.sections.delays import delays_section
from factory_perception.training.report.sections.event_plots import (
    detected_section,
    missed_section,
)
from factory_perception.training.report.sections.event_tables import (
    event_confusion,
    kinds_section,
    untrained_section,
)
from factory_perception.training.report.sections.false_alarms import false_alarms_section
from factory_perception.training.report.sections.fault_doubt import doubt_section, sureness_of
from factory_perception.training.report.sections.left_out_faults import left_out_section
from factory_perception.training.report.sections.reliability import reliability_section
from factory_perception.training.report.text import counted, listed
from factory_perception.training.statistics import Interval, poisson, wilson


def fault_chapter(
    evidence: Evidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> Chapter:
    """Make what only diagnoses of events have."""
    answers = evidence.answers
    assert isinstance(answers, FaultAnswers)
    facts = evidence.train_facts
    return Chapter(
        headlines=_headlines(answers, figures),
        trained=_trained(answers),
        versus=('Against no training', _versus(answers, figures)),
        figures=('right_f1', 'event_f1', 'event_recall', 'named_right', 'joint_right'),
        beside=None,
        rival=untrained_section(answers, figures),
        precisions=False,
        score='mean recall of frames',
        sections=(
            delays_section(answers),
            kinds_section(answers, facts.counts),
            confusion_section(event_confusion(answers)),
            false_alarms_section(answers),
            doubt_section(answers),
            reliability_section(sureness_of(answers)),
            missed_section(answers),
            detected_section(answers),
            left_out_section(answers, evidence.settings['fault']['left_out']),
        ),
        advice=_advice(answers, figures),
        chosen=', the weights of trees and network and the alarm thresholds were',
        divisible=False,
    )


def _counts(answers: FaultAnswers) -> dict[str, Any]:
    outcomes = [one for run in answers.faulty for one in run.outcomes]
    return {
        'events': len(outcomes),
        'found': sum(one.detected for one in outcomes),
        'false': sum(len(run.false) for run in answers.every),
        'hours': sum(run.seconds for run in answers.every) / 3600.0,
    }


def _headlines(answers: FaultAnswers, figures: Mapping[str, Interval]) -> tuple[Headline, ...]:
    count = _counts(answers)
    rate = poisson(count['false'], count['hours'])
    return (
        Headline(
            'Faults told rightly and alarms with a reason (right_f1)', figures['right_f1'],
            'A fault that is missed or told by a wrong name or joint costs as much as a false '
            'alarm; 1 is faultless.',
        ),
        Headline(
            'Noticed', wilson(count['found'], count['events']),
            f'{count["found"]} of {counted(count["events"], "fault")}.', share=True,
        ),
        Headline(
            'False alarms an hour', rate,
            f'{counted(count["false"], "false alarm")} in {count["hours"]:.2f} hours; the interval '
            'is that of a Poisson count.', (('crying wolf', WOLF),), most=max(2 * WOLF, rate.high),
        ),
    )  # fmt: skip


def _trained(answers: FaultAnswers) -> str:
    return (
        f'A fault diagnosis: it notices {listed(list(answers.model.kinds), 12)} of '
        f'{counted(len(answers.runs.joints), "joint")}, names fault and joint, or says unknown.'
    )


def _versus(answers: FaultAnswers, figures: Mapping[str, Interval]) -> str:
    rival = answers.rival_figures()
    return (
        f'Stream health and residuals alone reach right_f1 {rival["right_f1"]:.3f}, names aside '
        f'(event_f1) {rival["event_f1"]:.3f}; the model {figures["right_f1"].value:.3f} and '
        f'{figures["event_f1"].value:.3f}.'
    )


def _advice(answers: FaultAnswers, figures: Mapping[str, Interval]) -> tuple[str, ...]:
    count, found = _counts(answers), []
    sure = poisson(count['false'], count['hours']).high
    rival = answers.rival_figures()
    if figures['right_f1'].value <= rival['right_f1']:
        found.append('Run the node without a model: what needs no training is as good here.')
    if rival['false_alarms_per_hour'] > WOLF:
        found.append(
            'Learn the limits of residuals from more healthy runs: without a model they raise '
            f'{rival["false_alarms_per_hour"]:.1f} false alarms an hour, which a model does not '
            'take back but calls unknown.'
        )
    if count['false'] and count['false'] / count['hours'] > WOLF:
        found.append(
            f'Look at the false alarms: {count["false"]} in {count["hours"]:.2f} hours. More '
            'healthy recordings of other tasks and loads often help.'
        )
    elif sure > WOLF:
        found.append(
            f'Watch healthy runs for longer: {count["hours"]:.2f} hours cannot promise fewer than '
            f'{sure:.1f} false alarms an hour.'
        )
    return tuple(found)
