"""Receiver operating characteristic: hits over false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import array, Axis, Chart, Line, thinned
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.sections.precision_recall import MOST_LINES
from factory_perception.training.report.view import Presence

TITLE = 'Hits and false alarms (ROC)'


def roc_section(presence: Presence | None, classes: Sequence[str]) -> Section:
    """Draw a curve for each class that is somewhere, but not everywhere."""
    if presence is None:
        return left_out(TITLE, 'the model gives no score for this')
    shares = presence.present.mean(0) if len(presence.present) else np.zeros(len(classes))
    useful = [index for index, share in enumerate(shares) if 0 < share < 1]
    if not useful:
        why = f'no class is in some of the validation {presence.what} and absent in others'
        return left_out(TITLE, why)
    lines: list[Line] = []
    rows = []
    for index in useful:
        alarms, hits = roc(presence.scores[:, index], presence.present[:, index])
        area = float(np.trapezoid(hits, alarms))
        rows.append((classes[index], area, int(presence.present[:, index].sum())))
        if len(lines) < MOST_LINES:
            lines.append(Line(classes[index], *thinned(alarms, hits)))
    diagonal = Line('guessing', array([0, 1]), array([0, 1]), faint=True)
    chart = Chart(
        'roc', 'By class', 'share of hits over share of false alarms for each class',
        Axis('false alarms: share of those without', 0.0, 1.0),
        Axis('hits: share of those with', 0.0, 1.0), (*lines, diagonal),
    )  # fmt: skip
    header = ('class', 'area', f'{presence.what} with it')
    table = Table('roc_areas', 'Area under the curve', header, tuple(rows))
    lead = f'Whether a class is there, asked of {presence.what}. An area of 1 is faultless.'
    return Section(TITLE, (chart, table), lead)


def roc(
    scores: NDArray[np.floating], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the shares of false alarms and of hits for every threshold; equal scores together."""
    order = np.argsort(-scores, kind='stable')
    last = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(present[order])[last] / max(int(present.sum()), 1)
    alarms = np.cumsum(~present[order])[last] / max(int((~present).sum()), 1)
    return np.append(0.0, alarms), np.append(0.0, hits)
