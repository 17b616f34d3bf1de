"""Plans are built once, checked before use, and built again when refused."""

from __future__ import annotations

import threading

import pytest

from factory_perception.engines import selection
from factory_perception.engines.progress import BuildCancelledError
from factory_perception.engines.tensorrt.engine import PlanRefusedError
from factory_perception.engines.tensorrt.provision import Provision
from test.engines.tensorrt_contract.stage import built, FAKE, until


def test_a_plan_is_built_once(folder):
    built(folder).close()
    built(folder).close()
    assert len(FAKE.builds) == 1
    Provision(folder, 'fp32').load_or_build(force=True).close()
    assert len(FAKE.builds) == 2


def test_a_changed_plan_is_not_loaded(folder):
    built(folder).close()
    provision = Provision(folder, 'fp32')
    path = provision.cache.plan_path(provision.key)
    path.write_bytes(path.read_bytes()[:-1] + b'!')
    assert provision.load() is None
    built(folder).close()
    assert len(FAKE.builds) == 2


def test_a_refused_plan_is_deleted_and_built_once_more(folder):
    built(folder).close()
    FAKE.switches.refusals = 1
    provision = Provision(folder, 'fp32')
    assert provision.load() is None and provision.cache.load(provision.key) is None
    built(folder).close()
    FAKE.switches.refusals = 1
    built(folder).close()
    assert len(FAKE.builds) == 3


def test_a_plan_that_is_always_refused_is_built_only_once(folder):
    FAKE.switches.refusals = 100
    with pytest.raises(PlanRefusedError, match='serialized by another version'):
        built(folder)
    assert len(FAKE.builds) == 1
    assert Provision(folder, 'fp32').load() is None


def test_nodes_take_a_plan_whatever_effort_was_spent_on_it(folder):
    built(folder, level=1).close()
    built(folder, level=4, workspace_mb=64).close()
    with selection.open_engine(folder, precision='fp32') as engine:
        assert engine.info.backend == 'tensorrt'
    built(folder, level=4, workspace_mb=64).close()
    assert len(FAKE.builds) == 2
    built(folder, level=5).close()  # who asks for more gets more
    assert len(FAKE.builds) == 3


def test_two_builders_of_one_plan_build_it_once(folder):
    gate = FAKE.switches.gate = threading.Semaphore(0)
    told, engines = [], []

    def build():
        engines.append(Provision(folder, 'fp32').load_or_build(told.append))

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: any('waiting for another build' in progress.phase for progress in told))
    gate.release(100)
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.close()
    assert len(engines) == 2 and len(FAKE.builds) == 1


def test_waiting_for_another_builder_can_be_cancelled(folder):
    cancel = threading.Event()
    cancel.set()
    provision = Provision(folder, 'fp32')
    with provision.cache.locked(provision.key), pytest.raises(BuildCancelledError):
        Provision(folder, 'fp32').load_or_build(None, cancel)
