"""Every command in the README and the documentation is one that there is."""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
import re
import shlex

import pytest

from factory_perception.cli.main import read_options
from factory_perception.nodes.parameter_files import node_tables
from factory_perception.nodes.topics import IN, OUT, TOPICS
from test.launch.stage import play

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]
_BLOCK = re.compile(r'^```(?:bash|sh)?\n(.*?)^```', re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r'`((?:factory_perception|ros2) [^`]+)`')
#: Words that stand for something else, or that say "and so on".
_OPEN = ('…', '|')
#: What remains of a name in a camera's or robot's own name space.
_OF_CAMERAS = {'left', 'right'}


def commands(program: str) -> list[tuple[str, list[str]]]:
    """Give page and words of every command that begins with a program."""
    found = []
    for page in PAGES:
        text = page.read_text()
        lines = [line for block in _BLOCK.findall(text)
                 for line in block.replace('\\\n', ' ').splitlines()]  # fmt: skip
        lines += [' '.join(line.split()) for line in _INLINE.findall(text)]
        for line in lines:
            try:
                words = shlex.split(line.strip(), comments=True)
            except ValueError:
                continue  # a line of a longer quotation
            if words[: len(program.split())] == program.split():
                found.append((f'{page.name}: {line.strip()[:70]}', words))
    return found


def _parameters(found):
    return [pytest.param(words, id=name) for name, words in found]


class RefusedError(Exception):
    """What argparse says instead of ending the process."""


def _refuse(parser, message):
    raise RefusedError(f'{parser.prog}: {message}')


@pytest.mark.parametrize('words', _parameters(commands('factory_perception')))
def test_our_command_has_these_words(words, monkeypatch):
    if any(mark in word for word in words for mark in _OPEN):
        pytest.skip('its page leaves parts of this command open')
    monkeypatch.setattr(argparse.ArgumentParser, 'error', _refuse)
    try:
        read_options(words[1:])
    except RefusedError as error:  # a command that is only named has not all its arguments
        if 'arguments are required' not in str(error) or any(w.startswith('-') for w in words):
            raise


def _relevant(name):
    parts = name.strip('/').split('/')
    return '/'.join(part for part in parts if part not in _OF_CAMERAS)


@pytest.mark.parametrize('words', _parameters(commands('ros2 run factory_perception')))
def test_nodes_have_these_parameters_and_topics(words):
    tables = node_tables()
    executable = words[3]
    if any(mark in executable for mark in _OPEN):
        pytest.skip('its page leaves parts of this command open')
    assert executable in tables
    known = set(tables[executable].__dataclass_fields__)
    topics = {topic.name for topic in TOPICS[executable] if topic.role in (IN, OUT)}
    for flag, word in pairwise(words[4:]):
        name = word.partition(':=')[0]
        if flag == '-p' and not name.startswith('qos_overrides'):
            assert name in known
        if flag == '-r' and not name.startswith('__'):
            assert _relevant(name) in topics


@pytest.mark.parametrize('words', _parameters(commands('ros2 launch factory_perception')))
def test_launch_files_have_these_arguments(words, monkeypatch):
    path = ROOT / 'launch' / words[3]
    assert path.is_file()
    given = dict(word.split(':=', 1) for word in words[4:] if ':=' in word)
    files = {name for name in given if name.endswith(('_file', '_folder'))}
    context = play(str(path), monkeypatch, **{name: given[name] for name in set(given) - files})
    assert files <= set(context.declared)
