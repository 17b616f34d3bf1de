"""The TensorRT backend on a real GPU; everything else about it is checked without one."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.engines import selection
from factory_perception.engines.selftest.checks import run_selftest
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.tensorrt import bindings
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.provision import Provision

_REASON = bindings.unavailable_reason()
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.slow,
    pytest.mark.skipif(bool(_REASON), reason=_REASON or 'usable'),
]


@pytest.fixture
def folder(store):
    return publish_network(store, make_detector())


def test_selftest_proves_everything(tmp_path):
    checks = []
    run_selftest(['tensorrt'], tmp_path, checks.append)
    assert [check for check in checks if not check.passed] == []


def test_frames_are_right_one_after_another(folder):
    probe = folder.read_probe()
    with Provision(folder, 'fp16', BuildOptions(max_batch=2)).load_or_build() as engine:
        one, two = engine.buffers(1), engine.buffers(2)
        for turn in range(200):
            sample = turn % 3
            one.inputs['image'][:] = probe.inputs['image'][sample]
            two.inputs['image'][:] = probe.inputs['image'][1:]
            engine.infer(one)
            engine.infer(two)
            assert np.allclose(one.outputs['scores'], probe.outputs['scores'][sample], atol=2e-2)
            assert np.allclose(two.outputs['scores'], probe.outputs['scores'][1:], atol=2e-2)


def test_the_cpu_serves_until_the_plan_is_built(folder):
    with selection.serve(folder) as slot:
        buffers = slot.current.buffers()
        while slot.building:
            slot.current.infer(buffers)
        assert slot.take_upgrade(), slot.status
        assert (slot.current.info.backend, slot.current.info.precision) == ('tensorrt', 'int8')
    with selection.open_engine(folder) as engine:
        assert engine.info.backend == 'tensorrt'


def test_a_build_can_be_stopped(folder):
    slot = selection.serve(folder, precision='fp32')
    slot.close()
    assert not slot.building
