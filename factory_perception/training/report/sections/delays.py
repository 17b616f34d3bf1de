"""How long it takes until a fault is noticed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.faults.scoring import Outcome
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.fault_evaluation import STEP_KINDS
from factory_perception.training.fault_events import RunEvents
from factory_perception.training.report.chart import array, Axis, Chart, Line
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out

TITLE = 'How soon it notices'


def delays_section(answers: FaultAnswers) -> Section:
    """Draw the share of faults that was noticed within a time; those missed never are."""
    outcomes, rivals = _outcomes(answers.faulty), _outcomes(answers.rivals)
    if not outcomes:
        return left_out(TITLE, 'no validation run has a fault')
    groups = {
        'all faults': outcomes,
        'faults that come at once': [one for one in outcomes if one.truth.kind in STEP_KINDS],
        'faults that grow': [one for one in outcomes if one.truth.kind not in STEP_KINDS],
        'all, without a model': rivals,
    }
    groups = {name: found for name, found in groups.items() if found}
    last = max([1000.0, *(1.1 * one.delay_s * 1e3 for one in outcomes if one.detected)])
    chart = Chart(
        'delays', 'Share noticed within a time', 'distribution of delays by kind of fault',
        Axis('time since it began (ms)', 10.0, last, log=True), Axis('share', 0.0, 1.0),
        tuple(_line(name, found, last) for name, found in groups.items()),
        'A line that ends below 1 leaves out what was never noticed. The scale goes by ratios.',
    )  # fmt: skip
    rows = tuple((name, len(found), *_summary(found)) for name, found in groups.items())
    header = ('', 'faults', 'noticed', 'half within (ms)', '95 % within (ms)')
    table = Table('delay_figures', '', header, rows, 'Times of those that were noticed.', 0)
    lead = f'Of those noticed, half are within {rows[0][3]:.0f} ms.' if rows[0][2] else ''
    return Section(TITLE, (chart, table), lead)


def _outcomes(runs: Sequence[RunEvents]) -> list[Outcome]:
    return [one for run in runs for one in run.outcomes]


def _line(name: str, outcomes: Sequence[Outcome], last: float) -> Line:
    delays = np.sort([one.delay_s * 1e3 for one in outcomes if one.detected])
    shares = np.arange(1, len(delays) + 1) / len(outcomes)
    top = shares[-1] if len(shares) else 0.0
    across = array([10.0, *delays.clip(10.0), last])
    return Line(name, across, array([0.0, *shares, top]), step=True, faint='without' in name)


def _summary(outcomes: Sequence[Outcome]) -> tuple[int, float | None, float | None]:
    delays = [one.delay_s * 1e3 for one in outcomes if one.detected]
    if not delays:
        return 0, None, None
    middle, late = np.percentile(delays, (50, 95))
    return len(delays), float(middle), float(late)
