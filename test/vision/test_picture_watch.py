"""A camera that is looked at now and then."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision import picture_watch
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.picture_watch import PERIOD_NS, PictureWatch

SECOND = 1_000_000_000
RNG = np.random.default_rng(0)


def picture(level=100):
    return ColourImage(RNG.normal(level, 2, (48, 64)).astype(np.uint8), 'grey')


def test_nothing_seen_is_no_report():
    assert PictureWatch().report() is None


@pytest.mark.parametrize('rate_hz, count', [(2, 4), (4, 8), (100, 8)])
def test_at_most_four_pictures_a_second_are_measured(monkeypatch, rate_hz, count):
    measured, measure = [], picture_watch.measure_picture
    monkeypatch.setattr(
        picture_watch, 'measure_picture', lambda image: measured.append(1) or measure(image)
    )
    watch = PictureWatch()
    for number in range(2 * rate_hz):
        watch.look(picture(), SECOND + number * SECOND // rate_hz)
    assert len(measured) == count
    watch.look(picture(), SECOND // 2)  # the clock was set back: go on
    assert len(measured) == count + 1 and watch.report() is not None


def test_the_middle_of_a_second_counts():
    watch = PictureWatch()
    for number, level in enumerate((100, 100, 250, 100)):
        watch.look(picture(level), (number + 1) * PERIOD_NS * 2)
    assert abs(watch.report().brightness - 100) < 2
    assert watch.report() is not None  # nothing new: the last one again


def test_the_same_pixels_again_are_told_with_their_time():
    watch, still = PictureWatch(), picture()
    watch.look(picture(), SECOND)
    assert (watch.report().unchanged_s, watch.report().unchanged_looks) == (0.0, 0)
    for number in range(6):
        watch.look(still, 2 * SECOND + number * SECOND // 2)
    report = watch.report()
    assert (report.unchanged_s, report.unchanged_looks) == (2.5, 5)
    watch.look(picture(), 6 * SECOND)
    assert watch.report().unchanged_looks == 0
