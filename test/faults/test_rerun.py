"""The diagnosis of recorded joint states."""

from __future__ import annotations

from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.faults.rerun import rerun_diagnoser
from factory_perception.motion.joint_sample import JointSample, RecordedSample
from test.faults.robot import healthy, JOINTS, Samples, STEP_S

ZERO_NS = 1_700_000_000_000_000_000


def test_alarms_have_the_time_of_the_stamps():
    samples = Samples(8.0, 3)
    samples.position[1250:, 0] += 0.03
    recorded = []
    for number in range(len(samples.position)):
        stamp = ZERO_NS + round(number * STEP_S * 1e9)
        late = stamp + 5_000_000_000  # the recorder was slow
        wanted = samples.reference[number]
        recorded.append(RecordedSample(JointSample(stamp, JOINTS, wanted, (), (), late), True))
        rows = (samples.position[number], samples.velocity[number], samples.effort[number])
        recorded.append(RecordedSample(JointSample(stamp, JOINTS, *rows, late), False))
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), healthy())
    alarms = rerun_diagnoser(diagnoser, recorded)
    [alarm] = [one for one in alarms if one.part == 'base']
    assert 0 <= alarm.raised_s - (ZERO_NS * 1e-9 + 5.0) < 1.0
    assert all(one.part in JOINTS for one in alarms)
