"""Charts are drawn inside their frame, whatever the numbers are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from factory_perception.training.report.chart import (
    array,
    Axis,
    Band,
    Bars,
    Chart,
    histogram,
    Line,
    Mark,
    Points,
    thinned,
)
from factory_perception.training.report.scale import Scale
from factory_perception.training.report.svg import colours, draw_chart, HEIGHT, WIDTH

NAN = float('nan')
LAYERS = {
    'line': (Line('a', array([0, 1, 2]), array([0.1, NAN, 0.4])),),
    'steps': (Line('a', array([0, 1]), array([0, 1]), step=True, dots=True),),
    'one point': (Points('a', array([3]), array([3])),),
    'nothing': (Line('a', array([]), array([])),),
    'only nan': (Line('a', array([NAN]), array([NAN])),),
    'band': (Band('b', array([0, 1]), array([0, NAN]), array([1, 2])),
             Line('a', array([0, 1]), array([0, 1]))),
    'bars': (Bars('a', array([0, 1, 2]), array([3, 0])),),
    'marks': (Mark('<m>', x=0.5), Mark('y', y=0.2), Mark('spot', x=0.9, y=0.9),
              Line('a', array([0, 1]), array([0, 1]))),
}  # fmt: skip


@pytest.mark.parametrize('name', LAYERS)
@pytest.mark.parametrize('log', [False, True])
def test_every_layer_stays_inside_the_frame(name, log):
    chart = Chart('k', 'title', 'a & b', Axis('x', log=log), Axis('<y>'), LAYERS[name])
    svg = draw_chart(chart)
    root = ElementTree.fromstring(svg)
    assert root.attrib['aria-label'] == 'a & b'
    assert 'nan' not in svg and 'inf' not in svg
    for path in root.iter('path'):
        for x, y in re.findall(r'[ML](-?[\d.]+) (-?[\d.]+)', path.attrib['d']):
            assert 0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT


def test_equal_names_have_equal_colours_and_faint_lines_none():
    x = array([0, 1])
    layers = (Points('a', x, x, True), Points('b', x, x), Points('a', x, x),
              Line('other', x, x, faint=True))  # fmt: skip
    looks = colours(Chart('k', '', '', Axis('x'), Axis('y'), layers))
    assert list(looks) == ['a', 'b', 'other']
    assert len({colour for colour, _ in looks.values()}) == 3


def test_many_lines_differ_in_colour_or_dashes():
    x = array([0, 1])
    layers = tuple(Line(str(i), x, x) for i in range(20))
    assert len(set(colours(Chart('k', '', '', Axis('x'), Axis('y'), layers)).values())) == 20


def test_long_curves_are_thinned_but_keep_their_ends_and_corners():
    x = np.linspace(0, 1, 10_000)
    y = np.where(x < 0.5, 0.0, 1.0)
    short_x, short_y = thinned(x, y)
    assert len(short_x) <= 162 and short_x[0] == 0 and short_x[-1] == 1
    assert set(short_y) == {0, 1}


def test_histograms_count_everything_between_their_edges():
    assert histogram([0.1, 0.2, 0.9, 1.0], [0, 0.5, 1], 'a').heights.tolist() == [2, 2]


def test_epochs_are_whole_numbers():
    whole = Scale.fit(Axis('epoch', whole=True), np.array([1.0, 2.0]), 0, 100)
    assert [text for _, text in whole.ticks()] == ['1', '2']
    assert len(Scale.fit(Axis('share'), np.array([1.0, 2.0]), 0, 100).ticks()) > 4
