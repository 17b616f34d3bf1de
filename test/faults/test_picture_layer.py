"""Frozen, dark and blurred pictures, from reports once a second."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.picture_layer import PictureLayer, PictureLimits
from factory_perception.vision.picture_watch import PictureReport

SECOND = 1_000_000_000
NAN = float('nan')


class Camera:
    """Reports once a second, with the spread that the pictures of a real camera have."""

    def __init__(self, **limits):
        self.layer, self.now_ns = PictureLayer('camera', PictureLimits(**limits)), SECOND
        self.rng = np.random.default_rng(0)

    def report(self, seconds=1, light=70.0, width=3.4, same_s=0.0, looks=0):
        faults = []
        for _ in range(seconds):
            self.now_ns += SECOND
            spread = self.rng.uniform(0.92, 1.08, 2)
            report = PictureReport(light * spread[0], width * spread[1], same_s, looks)
            self.layer.add(report, self.now_ns)
            faults.append([one.fault for one in self.layer.verdicts(self.now_ns)])
        return faults


@pytest.mark.parametrize('change, fault', [
    ({'light': 45.0}, 'camera_dark'), ({'width': 6.5}, 'camera_blurred'),
])  # fmt: skip
def test_darker_or_less_sharp_than_usual_in_the_second_report(change, fault):
    camera = Camera()
    assert camera.report(60) == [[]] * 60
    assert camera.report(100, **change) == [[], *[[fault]] * 99]  # it never becomes the usual
    (verdict,) = camera.layer.verdicts(camera.now_ns)
    assert verdict.onset_ns == 61 * SECOND and 'as usual' in verdict.sentence
    assert camera.report(3) == [[fault], [], []]


@pytest.mark.parametrize('change', [{'light': 45.0}, {'width': 6.5}, {'width': NAN}])
def test_one_odd_report_is_none(change):
    camera = Camera()
    camera.report(60)
    assert camera.report(1, **change) + camera.report(5) == [[]] * 6


@pytest.mark.parametrize('change, faults', [
    ({'light': 9.0}, ['camera_dark']), ({'width': 14.0}, ['camera_blurred']),
    ({'light': 30.0, 'width': 7.0}, []), ({'width': NAN}, []),
])  # fmt: skip
def test_on_the_first_day_only_what_is_bad_for_every_camera(change, faults):
    assert Camera().report(30, **change)[-1] == faults


def test_the_same_pixels_for_longer_than_allowed_are_frozen_at_once():
    camera = Camera(frozen_s=2.0)
    camera.report(20)
    assert camera.report(same_s=1.9, looks=7) == [[]]
    assert camera.report(same_s=2.5, looks=2) == [[]]  # a slow camera and a still scene
    assert camera.report(same_s=3.0, looks=9, light=10.0) == [['camera_frozen']]
    (verdict,) = camera.layer.verdicts(camera.now_ns)
    assert verdict.onset_ns == camera.now_ns - 3 * SECOND
    assert camera.report() == [[]]
    assert Camera(frozen_s=0.0).report(20, same_s=60.0, looks=240)[-1] == []


def test_an_hour_of_lamps_that_drift_is_no_fault():
    camera, lamps = Camera(), 70.0 * (1 + 0.1 * np.sin(np.arange(3600) / 300.0))
    assert not any(faults for light in lamps for faults in camera.report(light=light))


def test_who_reports_no_more_says_nothing_and_who_reports_often_says_it_once():
    camera = Camera()
    camera.report(30)
    camera.report(3, light=9.0)
    assert camera.layer.verdicts(camera.now_ns) and not camera.layer.verdicts(
        camera.now_ns + 10 * SECOND
    )
    hasty = PictureLayer('camera', PictureLimits())
    for number in range(5):
        hasty.add(PictureReport(9.0, 3.0), SECOND + number)
    assert hasty.verdicts(SECOND + 5) == []
