"""The environment maker: when it has nothing to do, when it begins, and on what it stands."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys

import bootstrap
from environment import stamp
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Pretend that an environment was made; give the function that says for what."""
    monkeypatch.setattr(stamp, 'STAMP', tmp_path / 'stamp.json')
    monkeypatch.delenv('ROS_DISTRO', raising=False)
    monkeypatch.delenv('AMENT_PREFIX_PATH', raising=False)

    def nothing_may_run(*_):
        raise AssertionError('set-up began')

    monkeypatch.setattr(bootstrap.Steps, 'run', nothing_may_run)
    return lambda profile: stamp.write_stamp(profile, stamp.fingerprint(profile, None))


@pytest.mark.parametrize('have, want', [
    ('demo', 'demo'), ('train', 'demo'), ('test', 'demo'), ('test', 'train'), ('test', 'test'),
])  # fmt: skip
def test_an_environment_that_has_it_all_is_used(made, have, want):
    made(have)
    bootstrap.set_up(want)


@pytest.mark.parametrize('have, want', [('demo', 'test'), ('train', 'test'), ('demo', 'train')])
def test_a_poorer_one_is_made_anew(made, have, want):
    made(have)
    with pytest.raises(AssertionError, match='set-up began'):
        bootstrap.set_up(want)


def test_what_was_made_is_noted_once_all_steps_are_done(made, monkeypatch):
    ran = []
    monkeypatch.setattr(bootstrap.Steps, 'run', lambda self, step: ran.append(step.title))
    bootstrap.set_up('demo')
    assert ran == [step.title for step in bootstrap.commands('demo', None)]
    assert stamp.is_made('demo', None)


@pytest.mark.parametrize('name', ['bootstrap', 'build_msgs'])
def test_it_starts_with_the_standard_library_alone(tmp_path, name):
    command = [sys.executable, '-S', '-s', str(ROOT / 'tools' / f'{name}.py'), '--help']
    result = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert 'usage:' in result.stdout
