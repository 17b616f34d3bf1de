"""Whether the band around a forecast holds what it promises."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.forecast import BAND
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.report.chart import array, Axis, Chart, histogram, Line, Mark
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.text import percent

TITLE = 'Can the band be believed?'
_EDGES = tuple(np.linspace(-3, 3, 49).tolist())


def band_section(answers: ForecastAnswers) -> Section:
    """Give the share of what came that lay in the band, by horizon, and where in it."""
    figures, ahead = answers.figures, [1e3 * float(one) for one in answers.spec.horizons_s]
    held = [figures['coverage'][name] for name in answers.classes]
    chart = Chart(
        'coverage', 'Share that came to lie in the band', 'coverage of the band by horizon',
        Axis('ahead (ms)', low=0.0), Axis('share', min(0.8, *held), 1.0),
        (Line('wanted', array([0, ahead[-1]]), array([BAND, BAND]), faint=True),
         Line('held', array(ahead), array(held), dots=True)),
    )  # fmt: skip
    rows = tuple(
        (name.replace('_', ' '), figures['coverage'][name], 1e3 * figures['width_rad'][name])
        for name in answers.classes
    )
    table = Table('band', 'By horizon', ('ahead', 'held', 'mean width (mrad)'), rows)
    did = percent(float(np.mean(held)))
    lead = f'{percent(BAND)} of what comes should lie in the band; {did} did.'
    return Section(TITLE, (chart, _places(answers), table), lead)


def _places(answers: ForecastAnswers) -> Chart:
    """Draw where in the band what came lay: errors in half widths, of all horizons."""
    places = []
    for one in answers.compared:
        half = np.maximum(one.width / 2, 1e-12)
        places.append((-one.errors['ours'] / half).ravel())
    values = np.clip(np.concatenate(places), _EDGES[0], _EDGES[-1])
    bars = histogram(values, _EDGES, 'what came')
    marks = (Mark('', x=-1.0), Mark('edges', x=1.0))
    return Chart(
        'band_places', 'Where in the band it came to lie', 'histogram of errors in half widths',
        Axis('distance from the forecast, in half widths of the band', _EDGES[0], _EDGES[-1]),
        Axis('forecasts', low=0.0), (bars, *marks),
        'All horizons and joints; what is further out stands at the ends.',
    )  # fmt: skip
