"""Publishing: what is there afterwards, and what is there when it was killed half-way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.store import ModelStore
from test.support import publish_mean


def test_first_version_is_champion_and_later_ones_wait_for_promotion(store):
    first = publish_mean(store)
    second = publish_mean(store)
    assert (first.manifest.version, second.manifest.version) == (1, 2)
    assert list(store.versions('means')) == [1, 2]
    assert store.champion('means') == 1
    store.promote('means', 2)
    assert store.find('means').label == 'means@2'
    assert store.rollback('means') == 1
    assert store.find('means').label == 'means@1'


def test_a_first_version_that_must_not_serve_waits_for_promotion(store):
    publish_mean(store, first_serves=False)
    publish_mean(store)
    assert store.champion('means') is None and list(store.versions('means')) == [1, 2]
    with pytest.raises(ModelError, match=r'no version of means is promoted: say means@2 .*promote'):
        store.find('means')
    assert store.find('means@1').label == 'means@1'
    store.promote('means', 1)
    assert store.find('means').label == 'means@1'
    with pytest.raises(ModelError, match='no earlier champion'):
        store.rollback('means')


def test_a_broken_manifest_publishes_nothing(store):
    with pytest.raises(ModelError, match='classes'):
        publish_mean(store, classes=[])
    assert store.versions('means') == {}
    assert not any(path.name.startswith('.staging') for path in store.roots[0].rglob('*'))


def test_user_versions_count_on_from_the_shipped_ones(tmp_path):
    shipped = ModelStore((tmp_path / 'shipped',))
    publish_mean(shipped)
    both = ModelStore((tmp_path / 'own', tmp_path / 'shipped'))
    own = publish_mean(both)
    assert own.manifest.version == 2
    assert own.path.is_relative_to(tmp_path / 'own')
    assert both.champion('means') == 1
    both.promote('means', 2)
    assert both.champion('means') == 2
    assert shipped.champion('means') == 1


def test_a_full_disk_leaves_the_old_version_serving(store, monkeypatch):
    publish_mean(store)

    def full(path, data):
        raise OSError(28, 'No space left on device', str(path))

    monkeypatch.setattr('factory_perception.model_store.publish.write_synced', full)
    with pytest.raises(OSError, match='No space left'):
        publish_mean(store)
    assert list(store.versions('means')) == [1]
    assert [path.name for path in (store.roots[0] / 'means').iterdir() if path.is_dir()] == ['1']


def _publish_for_ever(root, started):
    store = ModelStore((root,))
    started.set()
    while True:
        publish_mean(store)


@pytest.mark.parametrize('delay_ms', [3, 11, 17, 26, 38, 55, 80])
def test_kill_9_at_any_moment_leaves_only_whole_versions(store, delay_ms):
    publish_mean(store)
    context = multiprocessing.get_context('fork')
    started = context.Event()
    child = context.Process(target=_publish_for_ever, args=(store.roots[0], started))
    child.start()
    assert started.wait(20)
    time.sleep(delay_ms / 1000)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert store.champion('means') == 1
    versions = store.versions('means')
    assert 1 in versions
    for version in versions:
        store.find(f'means@{version}').verify()
    after = publish_mean(store)
    after.verify()
    assert after.manifest.version > max(versions)
    assert not list((store.roots[0] / 'means').glob('.staging-*'))


def test_two_publishers_at_once_get_two_versions(store):
    context = multiprocessing.get_context('fork')
    children = [context.Process(target=publish_mean, args=(store,)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert list(store.versions('means')) == [1, 2, 3, 4]
