"""Engines that are built in a thread, and how they are handed over."""

from __future__ import annotations

import threading

import pytest

from factory_perception.engines.background import BackgroundBuild, BuildState
from factory_perception.engines.engine import EngineError
from factory_perception.engines.progress import BuildCancelledError, Progress
from factory_perception.engines.slot import EngineSlot
from test.engines.plain_engine import means_engine
from test.support import publish_mean


@pytest.fixture
def folder(store):
    return publish_mean(store)


def start(folder, make) -> BackgroundBuild:
    return BackgroundBuild('plain fp32', make, folder, 'fp32')


def test_an_engine_is_handed_over_once(folder):
    engine = means_engine()
    build = start(folder, lambda tell, cancel: engine)
    assert build.wait(60)
    assert build.status.state is BuildState.READY and engine.runs == 1  # it was proved
    assert build.take() is engine
    assert build.take() is None
    assert build.status.state is BuildState.TAKEN
    build.close()
    assert not engine.closed  # it belongs to the taker


def test_tells_how_far_it_is(folder):
    told, go_on = threading.Event(), threading.Event()

    def make(tell, cancel):
        tell(Progress(0.5, 'timing layers'))
        told.set()
        go_on.wait()
        return means_engine()

    build = start(folder, make)
    told.wait()
    assert str(build.status) == 'plain fp32 is being built: 50%, timing layers'
    assert not build.wait(0) and build.take() is None
    go_on.set()
    assert build.wait(60)
    build.close()


@pytest.mark.parametrize(
    'error, reason',
    [
        (EngineError('no memory left'), 'no memory left'),
        (ValueError('a bug'), 'a bug'),
        (ZeroDivisionError(), 'ZeroDivisionError'),
    ],
)
def test_a_failure_has_a_reason(folder, error, reason):
    def make(tell, cancel):
        raise error

    build = start(folder, make)
    assert build.wait(60) and build.take() is None
    assert build.status.state is BuildState.FAILED
    assert str(build.status) == f'plain fp32 cannot be used: {reason}'


def test_an_engine_that_computes_something_else_is_freed(folder):
    engine = means_engine(offset=1.0)
    build = start(folder, lambda tell, cancel: engine)
    assert build.wait(60) and build.take() is None
    assert build.status.state is BuildState.FAILED and engine.closed
    assert 'does not compute what the model computes' in build.status.reason


def test_cancelling(folder):
    def make(tell, cancel):
        cancel.wait()
        raise BuildCancelledError('stopped')

    build = start(folder, make)
    build.close()
    assert build.status.state is BuildState.CANCELLED


def test_an_engine_that_nobody_took_is_freed(folder):
    engine = means_engine()
    build = start(folder, lambda tell, cancel: engine)
    build.wait(60)
    build.close()
    assert engine.closed and build.take() is None


def test_a_better_engine_takes_over_between_two_frames(folder):
    go_on = threading.Event()
    first, better = means_engine(), means_engine()
    better.add_note('12 layers: 100% fp16')

    def make(tell, cancel):
        go_on.wait()
        return better

    build = start(folder, make)
    with EngineSlot(first, build) as slot:
        first.add_note('not TensorRT: no plan')
        assert not slot.take_upgrade() and slot.building and slot.current is first
        assert slot.status == (
            'plain fp32 on paper serves; not TensorRT: no plan; '
            'plain fp32 is being built: 0%, starting'
        )
        go_on.set()
        build.wait(60)
        assert slot.take_upgrade()
        assert slot.current is better and first.closed and not slot.building
        assert slot.status == 'plain fp32 on paper serves; 12 layers: 100% fp16'
        assert not slot.take_upgrade()
    assert better.closed


def test_a_slot_without_anything_better():
    engine = means_engine()
    slot = EngineSlot(engine)
    assert not slot.take_upgrade() and not slot.building
    assert slot.status == 'plain fp32 on paper serves'
    slot.close()
    assert engine.closed
