"""Who is let in, and which settings are refused."""

from __future__ import annotations

import pytest

from factory_perception.page.guard import Guard, GuardError, is_loopback, is_same_origin

SECRET = 'a1b2c3d4e5f6a7b8'


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / 'token'
    path.write_text(f'{SECRET}\n')
    path.chmod(0o600)
    return path


@pytest.mark.parametrize('address, expected', [
    ('127.0.0.1', True), ('127.8.8.8', True), ('::1', True), ('localhost', True),
    ('0.0.0.0', False), ('::', False), ('192.168.1.7', False), ('robot.local', False),
])  # fmt: skip
def test_loopback(address, expected):
    assert is_loopback(address) is expected


@pytest.mark.parametrize('address', ['0.0.0.0', '::', '10.0.0.3', 'robot.local'])
def test_other_addresses_need_a_token(address, token_file):
    with pytest.raises(GuardError, match=f'{address} can be reached .* set token_file'):
        Guard.make(address, '')
    assert Guard.make(address, str(token_file)).token == SECRET


@pytest.mark.parametrize('mode, text, message', [
    (0o640, SECRET, 'can be read by others: chmod 600'),
    (0o604, SECRET, 'can be read by others: chmod 600'),
    (0o600, 'short', '16 or more letters and digits'),
    (0o600, '', '16 or more letters and digits'),
    (0o600, 'sixteen and more; a=b', '16 or more letters and digits'),
])  # fmt: skip
def test_a_bad_token_file_is_refused(token_file, mode, text, message):
    token_file.write_text(text)
    token_file.chmod(mode)
    with pytest.raises(GuardError, match=message):
        Guard.make('127.0.0.1', str(token_file))


def test_a_missing_token_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='nothing_here'):
        Guard.make('0.0.0.0', str(tmp_path / 'nothing_here'))


@pytest.mark.parametrize('host, expected', [
    ('localhost:8088', True), ('127.0.0.1:9000', True), ('[::1]:8088', True), ('localhost', True),
    ('evil.example', False), ('127.0.0.1.evil.example:8088', False), ('', False), ('[', False),
])  # fmt: skip
def test_foreign_names(host, expected):
    assert Guard().knows_host(host) is expected
    assert Guard(SECRET).knows_host(host)


@pytest.mark.parametrize('offered, expected', [(SECRET, True), ('', False), (SECRET[:-1], False),
                                               ('ü', False)])  # fmt: skip
def test_token(offered, expected):
    assert Guard(SECRET).knows_token(offered) is expected
    assert Guard().knows_token(offered)


@pytest.mark.parametrize('origin, expected', [
    ('http://127.0.0.1:8088', True), ('', True), ('http://evil.example', False),
    ('http://127.0.0.1:8089', False), ('null', False),
])  # fmt: skip
def test_origin(origin, expected):
    assert is_same_origin(origin, '127.0.0.1:8088') is expected
