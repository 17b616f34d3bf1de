"""Validation data by rule: whole recordings, the same ones every time."""

from __future__ import annotations

from collections import Counter

import pytest

from factory_perception.training.datasets.automatic_split import (
    Member,
    recording_of,
    split_groups,
    split_pictures,
)


@pytest.mark.parametrize(
    ('name', 'recording'),
    [
        ('board7_003.png', 'board7'),
        ('line3/board7_003.png', 'line3/board7'),
        ('0001.jpg', ''),
        ('cam2/0001.jpg', 'cam2'),
        ('IMG (12).png', 'IMG'),
        ('frame-10.5.png', 'frame-10'),
        ('shot_12_jpg.rf.0123456789abcdef0123456789abcdef.jpg', 'shot'),
        ('shot_12.rf.0123456789ABCDEF.png', 'shot'),
        ('portrait.png', 'portrait'),
    ],
)
def test_recording_by_name(name, recording):
    assert recording_of(name) == recording


def members(recordings, each, label=lambda r, n: ''):
    return [
        Member(f'r{r}_{n}', f'r{r}', label(r, n)) for r in range(recordings) for n in range(each)
    ]


@pytest.mark.parametrize('each', [1, 3, 40])
def test_whole_recordings(each):
    rows = members(30, each)
    chosen, rule = split_pictures(rows, known=False)
    sides = [{m.recording for m in rows if (m.name in chosen) == held} for held in (True, False)]
    assert not sides[0] & sides[1]
    assert 0.15 <= len(chosen) / len(rows) <= 0.3 and 'of 30 sources' in rule
    assert split_pictures(rows[::-1], known=False)[0] == chosen


def test_more_data_moves_little():
    before, _ = split_pictures(members(50, 4), known=False)
    after, _ = split_pictures(members(52, 4), known=False)
    assert len(before & after) >= 0.8 * len(before)


def test_few_recordings_are_cut_into_blocks_of_neighbours():
    rows = [Member(f'{kind}_{n}', kind) for kind in ('crazing', 'dent') for n in range(100)]
    chosen, rule = split_pictures(rows, known=False)
    assert 'blocks of neighbours' in rule and 'only 2 sources' in rule
    for kind in ('crazing', 'dent'):
        held = sorted(int(name.split('_')[1]) for name in chosen if name.startswith(kind))
        assert len(held) == 20
        starts = [n for n in held if n - 1 not in held]
        assert len(starts) <= 2 and all(n % 10 == 0 for n in starts)


def test_few_known_recordings_stay_whole():
    rows = members(4, 50)
    chosen, _ = split_pictures(rows, known=True)
    assert len({m.recording for m in rows if m.name in chosen}) == 1 and len(chosen) == 50


def test_one_dominating_recording_is_cut():
    rows = members(12, 1) + [Member(f'long_{n}', 'long') for n in range(100)]
    chosen, rule = split_pictures(rows, known=False)
    assert 'more than half' in rule and 15 <= len(chosen) <= 30


def test_every_class_has_its_share():
    rows = [
        Member(f'{c}{r}_{n}', f'{c}{r}', c, shows=frozenset([c]))
        for c, recordings in (('a', 40), ('b', 10), ('c', 2), ('d', 1))
        for r in range(recordings)
        for n in range(3)
    ]
    chosen, _ = split_pictures(rows, known=False)
    held = Counter(name[0] for name in chosen)
    assert 18 <= held['a'] <= 36 and 3 <= held['b'] <= 9 and held['c'] == 3 and held['d'] == 0


def test_the_last_recording_of_a_class_stays_in_training():
    shown = {3: frozenset(['rare'])}
    rows = [Member(f'r{r}', f'r{r}', shows=shown.get(r, frozenset())) for r in range(20)]
    for seed in range(30):
        named = [Member(f'{m.name}-{seed}', f'{m.recording}-{seed}', '', 1, m.shows) for m in rows]
        assert f'r3-{seed}' not in split_groups(named)


def test_heavy_recordings_are_left_in_training():
    rows = [Member('long', 'long', '', 900), *(Member(f's{n}', f's{n}', '', 25) for n in range(4))]
    assert 'long' not in split_groups(rows) and split_groups(rows)
    assert split_groups(rows[:1]) == set()
