"""Faults on the command line."""

from __future__ import annotations

import pytest

from factory_perception.cli.errors import CommandError
from factory_perception.cli.inject import read_fault


def test_a_fault_is_read():
    text = 'kind=friction_rise, joint=joint_3,severity=0.8,onset_s=10'
    wanted = {'kind': 'friction_rise', 'joint': 'joint_3', 'severity': 0.8, 'onset_s': 10.0}
    assert read_fault(text) == wanted


@pytest.mark.parametrize(
    ('text', 'why'),
    [
        ('joint=joint_3', 'says no kind'),
        ('kind=backlash,severity=much', 'severity must be a number'),
        ('kind=backlash,colour=red', 'write it as kind='),
        ('backlash', 'write it as kind='),
        ('kind=rust,joint=joint_3', 'rust cannot be put on signals; there are .*backlash'),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(text, why):
    with pytest.raises(CommandError, match=why):
        read_fault(text)
