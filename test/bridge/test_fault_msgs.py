"""What a detector says about its pictures, read back."""

from __future__ import annotations

from dataclasses import asdict
import math

from builtin_interfaces.msg import Time
import pytest

from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.fault_msgs import read_picture_report
from factory_perception.vision.picture_watch import PictureReport


def _status(values):
    return write_diagnostics('detector', [Status('image', Level.OK, '', values)], Time()).status[0]


def test_what_is_written_is_read():
    report = PictureReport(70.25, 3.5, 1.5, 6)
    assert read_picture_report(_status(asdict(report))) == report
    blind = read_picture_report(_status(asdict(PictureReport(0.0, float('nan')))))
    assert blind is not None and math.isnan(blind.edge_width_px)


@pytest.mark.parametrize('values', [
    {}, {'brightness': 70.0}, {**asdict(PictureReport(70.0, 3.0)), 'brightness': 'bright'},
])  # fmt: skip
def test_what_says_nothing_of_pictures_is_none(values):
    assert read_picture_report(_status(values)) is None
