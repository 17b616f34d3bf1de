"""Whether memory stays flat: hours of joint states through predictor and diagnoser, hurried on."""

from __future__ import annotations

from array import array
import math
import os
from pathlib import Path
import time
from typing import Any

from factory_perception.engines.selection import open_engine
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.model_store.store import default_store
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.predictor import Predictor

RATE_HZ = 100.0
#: Everything has its size after this time, and limits are learned, which takes less; memory is
#: written down so often after that.
_WARM_S, _LEARN_S, _MARKS = 300.0, 120.0, 10
#: Motions that are fed over and over.
_LOOP_S = 20.0


def measure_memory(model: str, hours: float) -> dict[str, Any]:
    """Feed simulated hours; give the resident memory after the first minutes and from then on."""
    folder = default_store().find(model)
    spec = read_spec(folder.manifest)
    joints = list(spec.joints)
    with open_engine(folder, 'onnxruntime', 'fp32') as engine:
        predictor = Predictor(Forecaster(spec, engine, 1), 1, 0.1, 500_000_000, 20.0)
        diagnoser = Diagnoser(joints, DiagnoserSettings(_LEARN_S))
        samples = _samples(len(joints))
        marks = [_WARM_S + hours * 3600.0 * part / _MARKS for part in range(_MARKS + 1)]
        memory: list[float] = []
        began = time.process_time()
        for tick in range(round(marks[-1] * RATE_HZ) + 1):
            if tick >= round(marks[len(memory)] * RATE_HZ):
                memory.append(_resident_mb())
            stamp_ns = 1_000_000_000 + round(tick * 1e9 / RATE_HZ)
            sample = JointSample(stamp_ns, joints, *samples[tick % len(samples)], stamp_ns)
            diagnoser.add(sample)
            if predictor.add(0, sample):
                predictor.advance()
        seconds = time.process_time() - began
    return {
        'hours': hours,
        'samples': round(marks[-1] * RATE_HZ),
        'memory_mb': [round(value, 2) for value in memory],
        'growth_mb': round(memory[-1] - memory[0], 2),
        'us_a_sample': round(seconds / (marks[-1] * RATE_HZ) * 1e6, 1),
    }


def _samples(joints: int) -> list[tuple[array[float], array[float], array[float]]]:
    """Give a loop of swinging joints as messages hold them; every joint comes back to its start."""
    speeds = [2 * math.pi * (3 + 2 * place) / _LOOP_S for place in range(joints)]
    found = []
    for tick in range(round(_LOOP_S * RATE_HZ)):
        angles = [speed * tick / RATE_HZ for speed in speeds]
        position = array('d', (0.3 * math.sin(angle) for angle in angles))
        velocity = array('d', (0.3 * w * math.cos(angle) for w, angle in zip(speeds, angles)))
        found.append((position, velocity, array('d', (-20.0 * value for value in position))))
    return found


def _resident_mb() -> float:
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / 1e6
