"""Plans on disk: whole, unchanged and of the right key, or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest

from factory_perception.engines.engine import EngineError
from factory_perception.engines.progress import BuildCancelledError
from factory_perception.engines.tensorrt.device import Device
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.plan_cache import CachedPlan, PlanCache
from factory_perception.engines.tensorrt.plan_key import machine_key, plan_key
from factory_perception.resources import cache_home
from test.support import publish_mean

PLAN = b'machine code'


@pytest.fixture
def cache(tmp_path):
    return PlanCache(tmp_path / 'plans')


@pytest.fixture
def make_key(store):
    manifest = publish_mean(store).manifest
    machine = machine_key(Device('Orin', '8.7', 16, '12.6', '12.6', ''), '10.3.0')
    return lambda **options: plan_key(machine, manifest, 'fp32', BuildOptions(**options))


@pytest.fixture
def key(make_key):
    return make_key()


def facts_path(cache, key):
    return cache.plan_path(key).with_suffix('.json')


def test_is_in_the_users_cache():
    assert PlanCache().folder == cache_home() / 'plans'


def test_gives_back_what_was_stored(cache, key, make_key):
    assert cache.load(key) is None and cache.load(key, any_effort=True) is None
    assert cache.store(key, PLAN) == cache.plan_path(key)
    assert cache.load(key) == CachedPlan(cache.plan_path(key), PLAN)
    assert cache.load(make_key(max_batch=2)) is None
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert not list(cache.folder.glob('.*'))
    plan = cache.load(key)
    plan.discard()
    plan.discard()
    assert cache.load(key) is None and not list(cache.folder.iterdir())


def test_more_effort_wins_and_other_plans_are_never_taken(cache, make_key):
    cache.store(make_key(level=1), b'level 1')
    assert cache.load(make_key()) is None
    assert cache.load(make_key(), any_effort=True).data == b'level 1'
    cache.store(make_key(level=5), b'level 5')
    cache.store(make_key(level=5, workspace_mb=64), b'level 5, small')
    assert cache.load(make_key(), any_effort=True).data == b'level 5'
    cache.plan_path(make_key(level=5)).write_bytes(b'changed')
    assert cache.load(make_key(), any_effort=True).data == b'level 5, small'
    assert cache.load(make_key(max_batch=2), any_effort=True) is None
    assert cache.load(make_key(tf32=True), any_effort=True) is None


def break_plan(cache, key):
    cache.plan_path(key).write_bytes(b'other machine code')


def cut_plan(cache, key):
    cache.plan_path(key).write_bytes(PLAN[:-1])


def lose_plan(cache, key):
    cache.plan_path(key).unlink()


def lose_facts(cache, key):
    facts_path(cache, key).unlink()


def garble_facts(cache, key):
    facts_path(cache, key).write_text('{')


def replace_facts(cache, key):
    facts_path(cache, key).write_text('[]')


def change_key(cache, key):
    facts = json.loads(facts_path(cache, key).read_text())
    facts['key']['machine']['gpu'] = 'Thor'
    facts_path(cache, key).write_text(json.dumps(facts))


@pytest.mark.parametrize(
    'damage',
    [break_plan, cut_plan, lose_plan, lose_facts, garble_facts, replace_facts, change_key],
)
def test_what_cannot_be_trusted_is_not_loaded(cache, key, damage):
    cache.store(key, PLAN)
    damage(cache, key)
    assert cache.load(key) is None and cache.load(key, any_effort=True) is None
    cache.store(key, PLAN)
    assert cache.load(key).data == PLAN


def test_a_copy_under_another_name_is_not_loaded(cache, key, make_key):
    cache.store(key, PLAN)
    other = make_key(level=5)
    cache.plan_path(key).rename(cache.plan_path(other))
    facts_path(cache, key).rename(facts_path(cache, other))
    assert cache.load(other) is None
    assert cache.load(other, any_effort=True).data == PLAN  # by what it says, not by its name


def test_a_folder_that_others_may_write_to_is_refused(cache, key):
    cache.store(key, PLAN)
    cache.folder.chmod(0o777)
    for use in (lambda: cache.load(key), lambda: cache.store(key, PLAN)):
        with pytest.raises(EngineError, match='chmod go-w'):
            use()


def test_a_folder_that_cannot_be_made(tmp_path, key):
    (tmp_path / 'file').write_text('')
    cache = PlanCache(tmp_path / 'file' / 'plans')
    text = r'cannot be written to .*: set XDG_CACHE_HOME'
    with pytest.raises(EngineError, match=text), cache.locked(key):
        pass


@pytest.mark.skipif(os.getuid() == 0, reason='root may write everywhere')
def test_a_folder_that_cannot_be_written_to(cache, key):
    cache.folder.mkdir(mode=0o500)
    with pytest.raises(EngineError, match='cannot be written to'), cache.locked(key):
        pass


HOLD = """
import pathlib, sys
from factory_perception.engines.tensorrt.plan_cache import CachedPlan, PlanCache
class Key:
    file_stem = sys.argv[2]
with PlanCache(pathlib.Path(sys.argv[1])).locked(Key):
    print('held', flush=True)
    sys.stdin.read()
"""


def test_one_builder_at_a_time_over_all_processes(cache, key, make_key):
    command = [sys.executable, '-c', HOLD, str(cache.folder), key.file_stem]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b'held\n'
        with cache.locked(make_key(max_batch=2)):  # another plan is no concern of theirs
            pass
        cancel, waited = threading.Event(), []
        cancel.set()
        locked = cache.locked(key, cancel, lambda: waited.append(True))
        with pytest.raises(BuildCancelledError), locked:
            raise AssertionError('two builders at once')
        assert waited == [True]
        holder.kill()  # a lock dies with its holder
    with cache.locked(key):
        pass


def test_timings_are_those_of_the_machine_or_none(cache, key):
    cache.store(key, PLAN)
    assert cache.load_timings(key.machine) == b''
    cache.store_timings(key.machine, b'timings')
    assert cache.load_timings(key.machine) == b'timings'
    (path,) = cache.folder.glob('timings-*.bin')
    for damaged in (path.read_bytes()[:-1], b'', b'short'):
        path.write_bytes(damaged)
        assert cache.load_timings(key.machine) == b''
