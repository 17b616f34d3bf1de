"""What a set-up would run."""

from __future__ import annotations

import json
from pathlib import Path

from environment.places import PINS, ROOT
from environment.recipe import commands
from environment.stamp import PROFILES
import pytest


def words(profile, distribution):
    return json.dumps([step.command for step in commands(profile, distribution)])


def test_with_a_sourced_ros_its_own_packages_are_used():
    text = words('demo', 'jazzy')
    assert '--system-site-packages' in text and 'runtime-sourced.txt' in text
    assert 'ros-wheels' not in text and 'build_msgs' not in text
    assert any('ros-jazzy-vision-msgs' in step.hint for step in commands('demo', 'jazzy'))


def test_the_demo_needs_no_torch():
    text = words('demo', None)
    assert 'train.txt' not in text and 'test.txt' not in text


@pytest.mark.parametrize('distribution', [None, 'jazzy'])
def test_each_profile_does_what_the_one_before_does_and_more(distribution):
    before = []
    for profile in PROFILES:
        steps = commands(profile, distribution)
        assert len(steps) > len(before)
        assert all(step in steps for step in before)
        before = steps
    assert before[-1].command[-1] == str(ROOT)


@pytest.mark.parametrize('distribution', [None, 'jazzy'])
def test_every_file_of_a_step_is_there(distribution):
    found = [
        Path(word)
        for step in commands('test', distribution)
        for word in step.command
        if word.startswith((str(PINS), str(ROOT / 'tools')))
    ]
    assert len(found) > 2
    assert all(path.exists() for path in found)
