"""Reports are what they say."""

from __future__ import annotations

import json

from factory_perception.neighbours.reports import counts_report, part_report
from factory_perception.vision.tally import Counts, PartVerdict


def test_counts():
    counts = Counts({'gear': 3, 'flange': 1}, {'gear': 2}, {'scratch': 2})
    report = json.loads(json.dumps(counts_report('left', counts, 0.0)))
    assert (report['good'], report['defective']) == (4, 2)
    assert report['since'] == '1970-01-01T00:00:00.000Z' and report['camera'] == 'left'
    assert report['defects'] == {'scratch': 2}


def test_parts():
    good = part_report('', PartVerdict(1_500_000_000, 'gear'))
    assert good['good'] and good['time'] == '1970-01-01T00:00:01.500Z'
    bad = part_report('', PartVerdict(0, 'gear', ('chip', 'stain')))
    assert not bad['good'] and bad['defects'] == ['chip', 'stain']
