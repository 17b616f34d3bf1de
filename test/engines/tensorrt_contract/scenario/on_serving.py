"""Which engine serves, what must be proved before, and what is built meanwhile."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from factory_perception.engines import selection
from factory_perception.engines.background import BackgroundBuild, BuildState
from factory_perception.engines.engine import EngineError
from factory_perception.engines.parity import require_parity
from factory_perception.engines.tensorrt.provision import Provision
from test.engines.tensorrt_contract.stage import built, FAKE, until


def test_auto_takes_the_coarsest_plan_that_is_there(folder):
    with selection.open_engine(folder) as engine:
        assert engine.info.backend == 'onnxruntime'
        assert 'factory_perception engines build selftest_detector@1' in engine.info.note
    built(folder, 'fp32').close()
    built(folder, 'fp16').close()
    with selection.open_engine(folder) as engine:
        assert (engine.info.backend, engine.info.precision) == ('tensorrt', 'fp16')
        assert 'no int8 plan for batches up to 1 is cached' in engine.info.note
    with selection.open_engine(folder, precision='fp32') as engine:
        assert (engine.info.backend, engine.info.precision) == ('tensorrt', 'fp32')


def test_tensorrt_by_name_without_a_plan(folder):
    with pytest.raises(EngineError, match=r'no int8 plan .*no fp16 plan .*no fp32 plan'):
        selection.open_engine(folder, 'tensorrt')


def test_a_plan_that_computes_nonsense_does_not_serve(folder):
    built(folder, 'fp32').close()
    for FAKE.switches.offset in (1.0, np.nan):
        with selection.open_engine(folder, precision='fp32') as engine:
            assert engine.info.backend == 'onnxruntime'
            assert 'does not compute what the model computes: boxes' in engine.info.note
        with pytest.raises(EngineError, match='does not compute what the model computes'):
            selection.open_engine(folder, 'tensorrt', 'fp32')


def test_the_cpu_serves_until_the_plan_is_built(folder):
    gate = FAKE.switches.gate = threading.Semaphore(0)
    with selection.serve(folder) as slot:
        buffers = slot.current.buffers()
        for _ in range(10):
            assert not slot.take_upgrade()
            slot.current.infer(buffers)
        assert slot.building and slot.current.info.backend == 'onnxruntime'
        gate.release(100)
        until(lambda: not slot.building)
        assert slot.take_upgrade() and not slot.take_upgrade()
        assert (slot.current.info.backend, slot.current.info.precision) == ('tensorrt', 'int8')
        assert require_parity(slot.current, folder, 'int8').passed
        assert slot.status.startswith('tensorrt int8 on Imaginary GPU')
        assert 'built' not in slot.status
    with selection.serve(folder) as again:
        assert again.current.info.backend == 'tensorrt' and not again.building


def test_status_tells_how_far_a_build_is(folder):
    gate = FAKE.switches.gate = threading.Semaphore(2)
    with selection.serve(folder, 'tensorrt', 'fp16') as slot:
        until(lambda: 'tensorrt fp16 is being built: 25%, Timing layers' in slot.status)
        gate.release(100)
        until(lambda: not slot.building)
        assert 'tensorrt fp16 is ready' in slot.status


def test_a_changed_plan_is_built_again(folder):
    with selection.serve(folder, precision='fp32') as slot:
        until(lambda: not slot.building)
    provision = Provision(folder, 'fp32')
    provision.cache.plan_path(provision.key).write_bytes(b'something else')
    with selection.serve(folder, precision='fp32') as slot:
        assert slot.current.info.backend == 'onnxruntime'
        until(lambda: not slot.building)
        assert slot.take_upgrade()
    assert len(FAKE.builds) == 2


def test_a_plan_that_was_refused_is_not_built_at_every_start(folder):
    built(folder, 'fp32').close()
    FAKE.switches.offset = 1.0
    with selection.serve(folder, precision='fp32') as slot:
        assert slot.current.info.backend == 'onnxruntime' and not slot.building
        assert 'does not compute what the model computes' in slot.status
    assert len(FAKE.builds) == 1
    with pytest.raises(EngineError, match='does not compute what the model computes'):
        selection.serve(folder, 'tensorrt', 'fp32')


def test_closing_stops_a_build(folder):
    FAKE.switches.step_seconds, FAKE.switches.steps = 0.01, 1000
    slot = selection.serve(folder)
    slot.close()
    assert not slot.building
    assert FAKE.steps_done < 1000
    assert Provision(folder, 'int8').load() is None


@pytest.mark.parametrize(
    'switch, reason',
    [({'build_error': 'the GPU is on fire'}, 'on fire'), ({'offset': 1.0}, 'does not compute')],
)
def test_a_build_that_fails_says_why(folder, switch, reason):
    for name, value in switch.items():
        setattr(FAKE.switches, name, value)
    with selection.serve(folder) as slot:
        until(lambda: not slot.building)
        assert not slot.take_upgrade()
        assert slot.current.info.backend == 'onnxruntime'
        assert 'tensorrt int8 cannot be used: ' in slot.status and reason in slot.status


def test_an_engine_that_nobody_took_is_freed(folder):
    build = BackgroundBuild(
        'tensorrt fp32', Provision(folder, 'fp32').load_or_build, folder, 'fp32'
    )
    assert build.wait(60) and build.status.state is BuildState.READY
    build.close()
    assert build.take() is None
