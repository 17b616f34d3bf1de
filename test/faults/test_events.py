"""Events are errors as VDA 5050 writes them."""

from __future__ import annotations

import json

import pytest

from factory_perception.faults.alarm_book import Change
from factory_perception.faults.events import write_event
from test.faults.test_alarm_book import verdict


@pytest.mark.parametrize(
    ('fault', 'error_type', 'level'),
    [
        ('collision', 'joint.collision', 'URGENT'),
        ('unknown', 'joint.unknown', 'WARNING'),
        ('stream_stale', 'system.stream_stale', 'CRITICAL'),
        ('something_of_mine', 'joint.something_of_mine', 'WARNING'),
    ],
)
def test_an_event_has_all_fields(fault, error_type, level):
    change = Change('raised', verdict(fault), 1_700_000_000_123_000_000)
    event = json.loads(write_event(change, 'fault_diagnoser', 'joint_faults@1'))
    assert event['errorType'] == error_type
    assert event['errorLevel'] == level
    assert event['timestamp'] == '2023-11-14T22:13:20.123Z'
    assert event['errorDescription'] and event['errorHint']
    references = {one['referenceKey']: one['referenceValue'] for one in event['errorReferences']}
    assert references['part'] == 'arm'
    assert references['model'] == 'joint_faults@1'
    assert 'probability' not in references  # nobody knows it: no NaN in JSON
