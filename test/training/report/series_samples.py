"""Forecasts and events made up by rule; nothing is trained for them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from factory_perception.cell.faults import Fault
from factory_perception.faults.scoring import Alarm, Outcome, TrueFault
from factory_perception.motion.forecast_spec import ForecastSpec
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.comparison import compare as compare_answers
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.fault_events import RunEvents
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.forecast_metrics import compare
from factory_perception.training.motion_segments import ahead_of, segments_of
from factory_perception.training.promotion import Decision
from factory_perception.training.report.data_facts import DataFacts
from factory_perception.training.report.evidence import Evidence, ForecastEvidence
from factory_perception.training.run_class_answers import RunClassAnswers
from test.training.motion_support import JOINTS, swinging

HORIZONS = np.array([0.05, 0.5])
LAGS = 3
KINDS = ('collision', 'friction_rise')
FRAME_S = 0.04


def spec(use=('network', 'network')):
    return ForecastSpec(
        JOINTS, 25_000_000, HORIZONS, LAGS, np.zeros((2, 2, LAGS)), np.zeros(2), False, use,
        np.zeros((2, 2, 2)),
    )  # fmt: skip


def forecasts(error=0.01, recordings=9, half=0.02, use=('network', 'network')):
    """Forecast what comes, wrong by something in turn."""
    how, rng = spec(use), np.random.default_rng(0)
    segments = [segments_of(swinging(f'swing {k}', k, 6.0), JOINTS, 0.025, HORIZONS)[0]
                for k in range(recordings)]  # fmt: skip
    quantiles = []
    for segment in segments:
        truth = ahead_of(segment, how.steps)[LAGS - 1 :]
        middle = np.zeros((len(segment) - LAGS + 1, 2, 2))
        middle[: len(truth)] = truth + error * rng.normal(0, 1, truth.shape)
        quantiles.append(np.stack([middle - half, middle, middle + half], axis=2))
    compared = [compare(one, how, answer) for one, answer in zip(segments, quantiles)]
    return ForecastAnswers(segments, quantiles, compared, how)


def _run(joints, kinds, faults, false, seconds=20.0, delay_s=0.2, missed=()):
    """Give one run in which every fault but the missed ones is found after a while."""
    count = round(seconds / FRAME_S)
    time_s = (np.arange(count) + 1) * FRAME_S
    ratio = np.full((count, len(joints)), 0.3, np.float32)
    sure = np.full((count, len(joints), len(kinds) + 1), 0.02, np.float32)
    outcomes = []
    for place, fault in enumerate(faults):
        if place in missed:
            outcomes.append(Outcome(fault, float('nan'), '', ''))
            continue
        rows = (time_s > fault.onset_s + delay_s) & (time_s < fault.end_s)
        column = joints.index(fault.joint)
        ratio[rows, column] = 2.0
        sure[rows, column, 1 + kinds.index(fault.kind)] = 0.9
        outcomes.append(Outcome(fault, delay_s, fault.kind, fault.joint))
    sure[..., 0] = 1 - sure[..., 1:].sum(-1)
    alarms = [Alarm('b', (('collision', at),), at, at + 1.0) for at in false]
    return RunEvents(tuple(outcomes), tuple(alarms), seconds, ratio, sure)


def events(missed=(0,), false=(15.0,), kinds=KINDS):
    """Diagnose four runs with two faults each and two without any."""
    truths = [
        (TrueFault('collision', 'a', 3.0, 3.4), TrueFault('friction_rise', 'b', 8.0, 12.0 + run))
        for run in range(4)
    ]
    faulty = [
        _run(JOINTS, KINDS, faults, false if run == 0 else (), missed=missed if run == 1 else ())
        for run, faults in enumerate(truths)
    ]
    healthy = [_run(JOINTS, KINDS, (), ()) for _ in range(2)]
    rivals = [
        _run(JOINTS, KINDS, faults, (), missed=(1,), delay_s=0.3) for faults in (*truths, (), ())
    ]
    still = np.zeros((500, 4, 2))
    frames = SimpleNamespace(position=still, tracking=np.full_like(still, np.nan))
    made = tuple(
        tuple(Fault(one.kind, one.joint, 1.0, one.onset_s, 0.0, one.end_s) for one in faults)
        for faults in truths
    )
    runs = FrameRuns(frames, made, JOINTS, 0.002, FRAME_S)
    model = SimpleNamespace(kinds=kinds, thresholds={'fault': 0.6}, label='faults@1')
    names = [*(f'seed {run}' for run in range(4)), 'healthy run 1', 'healthy run 2']
    return FaultAnswers(faulty, healthy, lambda: rivals, runs, model, names)


def run_classes(wrong=1):
    """Name recordings that have one fault each or none."""
    truth = np.array(['normal', 'stuck a', 'stuck b', 'normal'] * 5)
    found = truth.copy()
    found[1 : 1 + wrong] = 'stuck b'
    return RunClassAnswers(
        truth, found, np.where(found == 'normal', 0.1, 0.9), [f'run {i}' for i in range(20)]
    )


def series_evidence(task='forecast', answers=None, left_out=''):
    """Give everything that a report on a series task is made of."""
    made = answers or {'forecast': forecasts, 'fault': events, 'runs': run_classes}[task]()
    facts = DataFacts('swings', '0' * 64, 6, 'recording', 'faults', dict.fromkeys(KINDS, 9))
    common = {
        'manifest': {
            'name': 'swing', 'task': 'forecast' if task == 'forecast' else 'fault',
            'provenance': {
                'created': '2026-01-02T03:04:05+00:00', 'parameters': 20_000, 'seed': 0,
                'command': 'factory_perception train --task forecast --data swings', 'notes': [],
                'settings': {'fit': {'epochs': 4, 'min_delta': 0.001},
                             'fault': {'left_out': left_out}},
            },
        },
        'answers': made,
        'rows': [
            {'epoch': e, 'seconds': 6.0 * e, 'losses': {'loss': 1 / (e + 1)},
             'validation': {'skill_50_ms': 0.2 * e - 0.1, 'score': 0.2 * e - 0.1}}
            for e in range(4)
        ],
        'learning': (),
        'measured': {'fp32': {}},
        'verdicts': (),
        'sizes': {'fp32': 80_000},
        'decision': Decision(True, 'it is not worse', 'other swings', '0' * 64, 1,
                             compare_answers(('swing@1', 'the candidate'), made, made)),
        'train_facts': facts,
        'validation_facts': facts,
        'problems': None,
        'unchecked': 'it is made up',
        'versions': {'python': '3'},
    }  # fmt: skip
    if task == 'forecast':
        return ForecastEvidence(**common, own=forecasts(0.005))
    return Evidence(**common)
