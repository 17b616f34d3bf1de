"""Everything the page shows, gathered by the ROS thread and read by the web thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
import threading
import time
from typing import Any

from factory_perception.page.facts import Event, Forecast, Health, Joints
from factory_perception.page.joint_chart import Cursor, JointChart
from factory_perception.vision.colours import class_palette
from factory_perception.vision.tally import Counts

#: Bounds, so that no sender can fill the memory.
MAX_EVENTS = 60
MAX_STATUSES = 200
MAX_VALUES = 40
MAX_TEXT = 400
#: Health that was not renewed for so long is stale (REP-107 renews it every second) …
STALE_S = 5.0
#: … and after so long it is forgotten.
FORGET_S = 600.0
_STALE = 3


class Board:
    """One lock around plain facts; what goes out is ready for JSON."""

    def __init__(self, title: str, horizon_s: float) -> None:
        """Begin with nothing known.

        Args:
            title: headline of the page.
            horizon_s: which forecast is drawn over the measurement, in seconds ahead.
        """
        self._lock = threading.Lock()
        self._title = title
        self._health: dict[str, tuple[float, Health]] = {}
        self._events: deque[tuple[int, Event]] = deque(maxlen=MAX_EVENTS)
        self._event_count = 0
        self._counts: dict[str, Counts] = {}
        self._classes: tuple[str, ...] = ()
        self._defects: tuple[str, ...] = ()
        self._chart = JointChart(horizon_s)
        self._started = time.time()

    # Written by the ROS thread --------------------------------------------------------------------

    def set_health(self, statuses: Sequence[Health]) -> None:
        """Take over reports; statuses are kept by name."""
        now = time.monotonic()
        with self._lock:
            for status in statuses:
                if status.name in self._health or len(self._health) < MAX_STATUSES:
                    self._health[status.name[:MAX_TEXT]] = (now, _bounded(status))
            self._health = {
                name: (heard, status)
                for name, (heard, status) in self._health.items()
                if now - heard < FORGET_S
            }

    def add_event(self, event: Event) -> None:
        """Add an event to the list."""
        texts = {
            name: getattr(event, name)[:MAX_TEXT] for name in ('kind', 'text', 'hint', 'about')
        }
        with self._lock:
            self._event_count += 1
            self._events.append((self._event_count, replace(event, **texts)))

    def set_counts(self, camera: str, counts: Counts) -> None:
        """Take over what passed a camera."""
        with self._lock:
            self._counts[camera] = counts

    def set_classes(self, classes: Sequence[str]) -> None:
        """Take over the class names."""
        with self._lock:
            self._classes = tuple(classes)

    def set_defects(self, defects: Sequence[str]) -> None:
        """Take over which classes are defects."""
        with self._lock:
            self._defects = tuple(defects)

    def measure(self, joints: Joints) -> None:
        """Add a measurement to the curves."""
        with self._lock:
            self._chart.measure(joints)

    def forecast(self, forecast: Forecast, curve: str) -> None:
        """Add a forecast to a curve: ``forecast``, ``low`` or ``high``."""
        with self._lock:
            self._chart.forecast(forecast, curve)

    # Read by the web thread -----------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Give everything but pictures and curves."""
        now = time.monotonic()
        with self._lock:
            health = list(self._health.values())
            return {
                'title': self._title,
                'time': time.time(),
                'since': self._started,
                'statuses': [_shown(status, now - heard) for heard, status in health],
                'events': [
                    {'number': number, **asdict(event)} for number, event in reversed(self._events)
                ],
                'counts': {camera: asdict(counts) for camera, counts in self._counts.items()},
                'defects': list(self._defects),
                'colours': self._colours(),
            }

    def _colours(self) -> Mapping[str, str]:
        palette = class_palette(self._classes, self._defects)
        return {
            name: f'#{red:02x}{green:02x}{blue:02x}'
            for name, (blue, green, red) in zip(self._classes, palette)
        }

    def joints(self, cursor: Cursor) -> dict[str, Any]:
        """Give the curves as far as a viewer does not know them."""
        with self._lock:
            return self._chart.news(cursor)


def _bounded(status: Health) -> Health:
    pairs = list(status.values.items())[:MAX_VALUES]
    values = {key[:MAX_TEXT]: value[:MAX_TEXT] for key, value in pairs}
    return replace(status, message=status.message[:MAX_TEXT], values=values)


def _shown(status: Health, age_s: float) -> dict[str, Any]:
    level = _STALE if age_s > STALE_S else status.level
    return {**asdict(status), 'level': level, 'age_s': round(age_s, 1)}
