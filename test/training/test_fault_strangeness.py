"""The line between known faults and those that only look like them."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from factory_perception.cell.faults import Fault
from factory_perception.faults.classifier import Opinion
from factory_perception.faults.frame import Frame
from factory_perception.training import fault_strangeness
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_strangeness import strange_thresholds

KINDS = ('backlash', 'collision', 'grip_loss')
ARMS, COUNT = 51, 60


@pytest.fixture
def model(monkeypatch):
    """Give a model that is as sure of all faults; that of arm n has the p-value n / 100."""
    monkeypatch.setattr(fault_strangeness, 'ResidualLayer', lambda *_: None)
    odd = np.arange(ARMS)[:, None] / 100

    def opinions(model, runs, network):
        return (Opinion(one, np.where(one[..., 0] < 0.5, odd, 1.0)) for one in network)

    monkeypatch.setattr(fault_strangeness, 'opinions', opinions)
    calibration = SimpleNamespace(joints=('a',))
    return SimpleNamespace(
        kinds=KINDS,
        whole=('grip_loss',),
        calibration=calibration,
        thresholds={f'certain_{kind}': 0.5 for kind in KINDS},
    )


def told(kind):
    found = np.tile([1 - 3e-6, 1e-6, 1e-6, 1e-6], (COUNT, ARMS, 1, 1))
    found[20:40, ..., 0], found[20:40, ..., 1 + KINDS.index(kind)] = 1e-4, 1 - 1e-4
    return found


def arms(kind, joint='a'):
    blank = np.zeros((COUNT, ARMS, 1))
    fault = Fault(kind, joint, 0.8, 0.8, 0.0, 1.6)  # frames 20 to 39
    return FrameRuns(
        Frame(*(blank for _ in fields(Frame))), ((fault,),) * ARMS, ('a',), 0.004, 0.04
    )


def test_the_strangest_few_of_the_known_faults_draw_the_line(model):
    found = strange_thresholds(model, arms('backlash'), told('backlash'))
    assert found['strange_backlash'] == pytest.approx(0.04, abs=0.005)  # 5 of 51 are stranger
    assert found['strange_collision'] == found['strange_grip_loss'] == 0.0


def test_the_fewer_were_seen_the_less_is_called_strange(model):
    runs = arms('backlash')
    few = replace(runs, faults=((),) * 50 + runs.faults[50:])  # the p-value of that one is 0.5
    found = strange_thresholds(model, few, told('backlash'))
    assert found['strange_backlash'] == pytest.approx(0.05, abs=0.005)


def test_what_is_told_as_another_kind_draws_no_line(model):
    found = strange_thresholds(model, arms('collision'), told('backlash'))
    assert set(found.values()) == {0.0}


@pytest.mark.parametrize('kind', ['grip_loss', 'collision'])
def test_faults_of_the_arm_are_never_strange(model, kind):
    found = strange_thresholds(model, arms(kind, ''), told(kind))
    assert set(found.values()) == {0.0}
