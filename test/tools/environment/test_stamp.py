"""When an environment that is there is good enough."""

from __future__ import annotations

from environment import stamp
import pytest


@pytest.fixture
def pins(tmp_path, monkeypatch):
    folder = tmp_path / 'pins'
    folder.mkdir()
    (folder / 'runtime.txt').write_text('numpy==1\n')
    monkeypatch.setattr(stamp, 'PINS', folder)
    monkeypatch.setattr(stamp, 'STAMP', tmp_path / 'stamp.json')
    return folder


def test_fingerprint_follows_pins_profile_and_distribution(pins):
    first = stamp.fingerprint('demo', None)
    assert first == stamp.fingerprint('demo', None)
    assert first != stamp.fingerprint('test', None)
    assert first != stamp.fingerprint('demo', 'jazzy')
    (pins / 'runtime.txt').write_text('numpy==2\n')
    assert first != stamp.fingerprint('demo', None)


def test_fingerprint_follows_what_builds_the_messages(tmp_path, monkeypatch):
    builder = tmp_path / 'tools' / 'message_wheel'
    builder.mkdir(parents=True)
    monkeypatch.setattr(stamp, 'ROOT', tmp_path)
    first = stamp.fingerprint('demo', None)
    (builder / 'compiler.py').write_text('FLAGS = ()\n')
    assert first != stamp.fingerprint('demo', None)


def test_an_environment_of_other_pins_is_none(pins):
    stamp.write_stamp('train', stamp.fingerprint('train', None))
    assert stamp.is_made('train', None)
    assert stamp.is_made('demo', None)
    assert not stamp.is_made('test', None)
    assert not stamp.is_made('train', 'jazzy')
    (pins / 'runtime.txt').write_text('numpy==2\n')
    assert not stamp.is_made('train', None)


@pytest.mark.parametrize('text', ['{"demo":', '', '7'])
def test_a_damaged_stamp_counts_as_none(pins, text):
    stamp.STAMP.write_text(text)
    assert stamp.read_stamp() == {}
