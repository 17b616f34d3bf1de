"""TensorRT's messages in Python's log."""

from __future__ import annotations

import logging

import pytest

from factory_perception.engines.tensorrt.messages import collected_errors, forward, told


@pytest.mark.parametrize(
    'severity, level',
    [
        ('INTERNAL_ERROR', logging.ERROR),
        ('ERROR', logging.ERROR),
        ('WARNING', logging.WARNING),
        ('INFO', logging.DEBUG),
        ('VERBOSE', None),
    ],
)
def test_levels(caplog, severity, level):
    with caplog.at_level(logging.DEBUG):
        forward(severity, '100% of it')
    assert [(record.levelno, record.message) for record in caplog.records] == (
        [(level, '100% of it')] if level else []
    )


def test_listeners_do_not_get_in_each_others_way():
    with collected_errors() as outer:
        with collected_errors():
            pass
        forward('ERROR', 'heard')
    assert outer == ['heard']


def test_errors_are_collected_while_somebody_listens():
    forward('ERROR', 'before')
    with collected_errors() as outer:
        forward('ERROR', 'first\n  line')
        with collected_errors() as inner:
            forward('INTERNAL_ERROR', 'second')
            forward('WARNING', 'not that bad')
    forward('ERROR', 'after')
    assert (outer, inner) == (['first\n  line', 'second'], ['second'])
    assert told(outer) == 'first line'
    assert told([]) == 'TensorRT gave no reason'
