"""Events of the fault diagnoser, read back from their JSON."""

from __future__ import annotations

from dataclasses import dataclass
import json

from factory_perception.bridge.page_msgs import read_event


@dataclass(frozen=True)
class FaultNews:
    """What happened to an alarm.

    ``change`` is ``raised``, ``renamed`` or ``cleared``; ``domain`` is ``joint``, ``camera`` or
    ``system``; ``time_ns`` is when it was told and ``onset_ns`` since when the fault is thought to
    be there.
    """

    change: str
    domain: str
    part: str
    fault: str
    time_ns: int
    onset_ns: int


def read_news(text: str, now_ns: int) -> FaultNews:
    """Read an event in the JSON that ``faults.events.write_event`` writes.

    Args:
        text: the event.
        now_ns: its time where it tells none.

    Raises:
        ValueError: it is no such event.
    """
    time_ns = read_event(text, now_ns).time_ns
    event = json.loads(text)
    try:
        about = {one['referenceKey']: one['referenceValue'] for one in event['errorReferences']}
        domain, _, fault = event['errorType'].partition('.')
        onset_ns = int(about.get('onsetNs', time_ns))
        return FaultNews(event['change'], domain, about['part'], fault, time_ns, onset_ns)
    except (KeyError, TypeError) as error:
        raise ValueError(f'no event of a fault diagnoser: {error!r}') from error
