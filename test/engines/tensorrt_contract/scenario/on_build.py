"""Building plans: what the builder is told, progress, cancelling, reasons."""

from __future__ import annotations

import threading

import pytest
import tensorrt as trt

from factory_perception.engines.engine import EngineError
from factory_perception.engines.parity import check_parity
from factory_perception.engines.progress import BuildCancelledError
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.engines.tensorrt.provision import Provision
from test.engines.tensorrt_contract.stage import built, FAKE


def test_builds_every_precision_and_computes_right(any_folder):
    for precision in any_folder.manifest.precisions:
        with built(any_folder, precision, max_batch=2) as engine:
            report = check_parity(engine, any_folder.read_probe(), precision)
            assert report.passed and report.samples == 3
            assert check_parity(engine, any_folder.read_probe(), precision, 1).passed
            assert engine.info.backend == 'tensorrt'
            assert engine.info.device == 'Imaginary GPU (compute capability 8.7)'
            assert engine.info.precision == precision
            assert engine.info.runtime_version == trt.__version__
            assert engine.max_batch == 2
            with pytest.raises(EngineError, match='1 to 2, not 3'):
                engine.buffers(3)


@pytest.mark.parametrize('tf32', [False, True])
def test_the_builder_is_told_everything(folder, tf32):
    built(folder, 'fp16', max_batch=4, workspace_mb=64, level=2, tf32=tf32).close()
    network, config = FAKE.builds[-1]
    assert network.flags == 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    assert config.pools == {int(trt.MemoryPoolType.WORKSPACE): 64 * 1024 * 1024}
    assert config.level == 2
    assert config.verbosity == int(trt.ProfilingVerbosity.DETAILED)
    assert config.flags == ({int(trt.BuilderFlag.TF32)} if tf32 else set())
    assert config.profile == {'image': [(1, 3, 32, 32), (4, 3, 32, 32), (4, 3, 32, 32)]}


def test_progress_grows_to_the_end(folder):
    told = []
    Provision(folder, 'fp32').load_or_build(told.append).close()
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert 0.1 < fractions[len(fractions) // 2] < 0.9
    assert fractions[-1] == 1.0
    assert {progress.phase for progress in told} == {'Building', 'Timing layers'}


def test_a_cancelled_build_leaves_nothing(folder):
    cancel = threading.Event()
    provision = Provision(folder, 'fp32')
    FAKE.switches.steps = 50
    with pytest.raises(BuildCancelledError, match='cancelled'):
        provision.load_or_build(lambda progress: cancel.set(), cancel)
    assert FAKE.steps_done == 1
    assert provision.cache.load(provision.key) is None


def test_an_error_of_the_listener_stops_the_build(folder):
    def listen(progress):
        raise ZeroDivisionError('of the listener')

    with pytest.raises(ZeroDivisionError, match='of the listener'):
        Provision(folder, 'fp32').load_or_build(listen)


def test_the_parser_says_what_it_does_not_know(store):
    FAKE.switches.unknown_operations = frozenset({'Tanh'})
    with pytest.raises(
        EngineError, match=r'cannot read .*fp32\.onnx: Tanh "Tanh_\d+": no importer'
    ):
        built(publish_network(store, make_recurrent()))


def test_the_builder_says_why_it_fails(folder):
    FAKE.switches.build_error = 'no tactic fits\n  into the workspace'
    with pytest.raises(EngineError, match=r'cannot build .*: no tactic fits into the workspace'):
        built(folder)


def test_timings_make_the_next_build_faster(folder):
    built(folder, 'fp32').close()
    built(folder, 'fp16').close()
    assert [config.timings for _, config in FAKE.builds] == [b'', b'+timings']


def test_timings_that_are_refused_are_taken_anew(folder):
    built(folder, 'fp32').close()
    FAKE.switches.takes_timings = False
    built(folder, 'fp16').close()
    assert FAKE.builds[-1][1].timings == b''
