"""The replay command."""

from __future__ import annotations

import pytest

from factory_perception.cli.main import read_options


@pytest.mark.parametrize('words, rest', [
    (['replay', 'a.mp4'], []),
    (['replay', 'a.mp4', '--', '--ros-args', '-r', 'image:=/a'], ['--ros-args', '-r', 'image:=/a']),
    (['replay', 'a.mp4', '--rate', '2', '--loop', '--', '--ros-args'], ['--ros-args']),
    (['replay', '--loop', 'a.mp4', '--', '-r', '--'], ['-r', '--']),
])  # fmt: skip
def test_what_is_for_ros_stands_behind_two_dashes(words, rest):
    options = read_options(words)
    assert (options.source, options.ros_arguments) == ('a.mp4', rest)


def test_other_commands_take_nothing_there(capsys):
    with pytest.raises(SystemExit):
        read_options(['models', 'list', '--', '--ros-args'])
    assert 'takes nothing behind --' in capsys.readouterr().err
