"""The shipped forecasters, on motions that nobody trained them on."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.config import load_config
from factory_perception.cell.joint_data import joint_runs
from factory_perception.engines.parity import require_parity
from factory_perception.engines.selection import open_engine
from factory_perception.model_store.store import ModelStore
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.motion.forecaster import Forecaster, naive_forecast
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.predictor import Predictor
from test.conftest import ROOT

SHIPPED = ModelStore((ROOT / 'models',))


@pytest.mark.parametrize('name', [one for one in SHIPPED.names() if one.endswith('_forecast')])
def test_it_opens_and_answers_as_when_it_was_made(name):
    folder = SHIPPED.find(name)
    spec = read_spec(folder.manifest)
    with open_engine(folder, 'onnxruntime') as engine:
        require_parity(engine, folder, 'fp32')
        Forecaster(spec, engine, 3)
    command = folder.manifest.provenance['command']
    assert command.startswith('factory_perception train') and ' /' not in command


def test_the_arm_of_the_cell_is_forecast_better_than_by_the_best_naive():
    folder = SHIPPED.find('joint_forecast')
    spec = read_spec(folder.manifest)
    samples = next(joint_runs(load_config(), [3_000_017], 12.0)).samples
    with open_engine(folder, 'onnxruntime') as engine:
        one = Predictor(Forecaster(spec, engine), 1, 0.25, 500_000_000, 20.0)
        ours, naive, came = [], [], []
        for row, stamp in enumerate(samples.stamp_ns.tolist()):
            values = samples.position[row], samples.velocity[row], samples.effort[row]
            if one.add(0, JointSample(stamp, samples.names, *values, stamp)):
                windows = one.histories[0]
                for outcome in one.advance():
                    window = windows.window(spec.lags)[None].copy()
                    ours.append(outcome.forecast.median)
                    naive.append(naive_forecast('ridge', spec, window, None)[0])
                    came.append(outcome.position)
    steps = spec.steps[2]
    truth = np.stack(came)[steps:]

    def rmse(found):
        return np.sqrt(((np.stack(found)[:-steps, 2] - truth) ** 2).mean())

    assert rmse(ours) < 0.7 * rmse(naive)
