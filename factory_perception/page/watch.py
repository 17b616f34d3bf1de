"""How many people look at what, so that nothing is done for nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
import threading


class Watch:
    """Counts viewers; written by the web thread, read by the ROS thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._viewers = 0
        self._cameras: Counter[str] = Counter()

    @property
    def viewers(self) -> int:
        """Give the number of open pages."""
        with self._lock:
            return self._viewers

    @property
    def cameras(self) -> set[str]:
        """Give the cameras that somebody looks at."""
        with self._lock:
            return {camera for camera, count in self._cameras.items() if count}

    @contextmanager
    def viewer(self) -> Iterator[None]:
        """Count a viewer."""
        with self._lock:
            self._viewers += 1
        try:
            yield
        finally:
            with self._lock:
                self._viewers -= 1

    def move(self, before: str | None, after: str | None) -> None:
        """Let one viewer turn from a camera to another; ``None`` is no camera."""
        with self._lock:
            for camera, change in ((before, -1), (after, 1)):
                if camera is not None:
                    self._cameras[camera] += change
