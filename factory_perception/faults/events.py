"""Changes as JSON in the shape of VDA 5050 errors (state message, field ``errors``)."""

from __future__ import annotations

from datetime import datetime, timezone
import json
import math

from factory_perception.faults.alarm_book import Change
from factory_perception.faults.names import kind_of
from factory_perception.faults.verdict import Verdict


def write_event(change: Change, source: str, model: str) -> str:
    """Give one change as one line of JSON.

    Args:
        change: what was raised, renamed or cleared.
        source: name of the node.
        model: name and version of the model, empty without one.
    """
    verdict = change.verdict
    kind = kind_of(verdict.fault)
    stamp = datetime.fromtimestamp(change.stamp_ns * 1e-9, timezone.utc)
    references = {
        'part': verdict.part,
        'channel': verdict.channel,
        'source': verdict.source,
        'onsetNs': verdict.onset_ns,
        'value': _number(verdict.value),
        'limit': _number(verdict.limit),
        'probability': _number(verdict.probability),
        'pUnknown': _number(verdict.p_unknown),
        'node': source,
        'model': model,
    }
    event = {
        'timestamp': stamp.isoformat(timespec='milliseconds').replace('+00:00', 'Z'),
        'change': change.what,
        'errorType': f'{_domain(verdict)}.{verdict.fault}',
        'errorLevel': kind.level,
        'errorDescription': verdict.sentence,
        'errorHint': kind.hint,
        'errorReferences': [
            {'referenceKey': key, 'referenceValue': str(value)}
            for key, value in references.items()
            if value is not None and value != ''
        ],
    }
    return json.dumps(event)


def _domain(verdict: Verdict) -> str:
    if verdict.source == 'camera':
        return 'camera'
    return 'system' if verdict.fault.startswith('stream_') else 'joint'


def _number(value: float) -> float | None:
    """Round for people; None for what is not known."""
    return float(f'{value:.6g}') if math.isfinite(value) else None
