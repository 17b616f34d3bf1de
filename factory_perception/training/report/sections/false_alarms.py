"""Alarms for which there was no reason."""

from __future__ import annotations

from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.report.parts import Facts, Part, Table, Words
from factory_perception.training.report.report import Section
from factory_perception.training.report.text import counted
from factory_perception.training.statistics import poisson

TITLE = 'False alarms'
MOST = 20


def false_alarms_section(answers: FaultAnswers) -> Section:
    """List false alarms, and say what the time that was watched can promise."""
    runs = answers.every
    hours = sum(run.seconds for run in runs) / 3600.0
    quiet = sum(run.seconds for run in answers.healthy) / 3600.0
    found = [
        (name, f'{alarm.raised_s:.1f} s', alarm.part, alarm.names[-1][0],
         f'{alarm.cleared_s - alarm.raised_s:.1f} s')
        for name, run in zip(answers.run_names, runs) for alarm in run.false
    ]  # fmt: skip
    rate = poisson(len(found), hours)
    facts = Facts('false_alarm_rate', '', {
        'false alarms': len(found),
        'hours watched': f'{hours:.2f}, of them {quiet:.2f} without any fault',
        'an hour': f'{rate.value:.2f} (95 % interval {rate.low:.2f} to {rate.high:.2f})',
    })  # fmt: skip
    parts: list[Part] = [facts]
    if found:
        header = ('run', 'raised at', 'part', 'called', 'lasted')
        more = len(found) - MOST
        note = f'{more} more are not shown.' if more > 0 else ''
        parts.append(Table('false_alarms', '', header, tuple(found[:MOST]), note))
    else:
        parts.append(Words('There was none.'))
    said = f'{counted(len(found), "false alarm")} in {hours:.2f} hours'
    lead = f'{said}: with 95 % certainty no more than {rate.high:.1f} an hour.'
    return Section(TITLE, tuple(parts), lead)
