"""Which stretches of joint states are worth keeping: those around alarms, and quiet ones."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

#: Stretches with fewer samples say nothing.
LEAST_SAMPLES = 50
#: So many samples are remembered at most, whatever the rate.
MOST_SAMPLES = 60_000


@dataclass(frozen=True)
class Label:
    """What an alarm said: ``part`` had ``fault`` from ``begin_ns`` up to ``end_ns``."""

    part: str
    fault: str
    begin_ns: int
    end_ns: int


@dataclass(frozen=True)
class Window:
    """Samples as they came, each with its time; no label says that all was quiet."""

    samples: tuple[tuple[int, bytes], ...]
    labels: tuple[Label, ...]


class WindowKeeper:
    """Remembers the last samples; hands out a window when one is complete. One thread.

    All times are those of the stamps of samples, in nanoseconds.
    """

    def __init__(self, before_s: float, after_s: float, quiet_period_s: float) -> None:
        """Set what a window is.

        Args:
            before_s: so much before an alarm belongs to its window,
            after_s: and so much after it.
            quiet_period_s: one window without any alarm in so much time; 0 for none.
        """
        self._before_ns, self._after_ns = round(before_s * 1e9), round(after_s * 1e9)
        self._quiet_ns = round(quiet_period_s * 1e9)
        self._samples: deque[tuple[int, bytes]] = deque(maxlen=MOST_SAMPLES)
        self._open: dict[str, Label] = {}
        self._over: deque[Label] = deque(maxlen=100)
        self._raised_ns = self._busy_ns = self._last_quiet_ns = 0

    def news(self, change: str, part: str, fault: str, time_ns: int, onset_ns: int) -> None:
        """Take what happened to an alarm: ``raised``, ``renamed`` or ``cleared``."""
        old = self._open.pop(part, None)
        if change == 'cleared':
            if old is not None:
                self._over.append(Label(part, old.fault, old.begin_ns, time_ns))
            self._busy_ns = time_ns
            return
        begin_ns = old.begin_ns if old is not None else onset_ns
        # Under a new name it is thought to have been that from the beginning.
        self._open[part] = Label(part, fault, begin_ns, time_ns)
        remembered = bool(self._samples) and time_ns >= self._samples[0][0]
        if change == 'raised' and not self._raised_ns and remembered:
            self._raised_ns = time_ns

    def add(self, stamp_ns: int, sample: bytes) -> Window | None:
        """Take a sample; give the window that it completes."""
        if self._samples and stamp_ns < self._samples[-1][0]:
            self._forget()  # another recording, or the clock was set back
        self._samples.append((stamp_ns, sample))
        whole_ns = self._before_ns + self._after_ns
        while self._samples[0][0] < stamp_ns - whole_ns:
            self._samples.popleft()
        if self._open:
            self._busy_ns = stamp_ns
        if self._raised_ns and stamp_ns >= self._raised_ns + self._after_ns:
            self._raised_ns = 0
            return self._window(stamp_ns)
        if self._is_quiet(stamp_ns):
            self._last_quiet_ns = stamp_ns
            return self._window(stamp_ns)
        return None

    def _is_quiet(self, stamp_ns: int) -> bool:
        """Say whether a whole window is there in which no alarm was up, and one is due."""
        whole_ns = self._before_ns + self._after_ns
        begin_ns = self._samples[0][0]
        self._last_quiet_ns = self._last_quiet_ns or begin_ns
        return (
            self._quiet_ns > 0
            and self._busy_ns < begin_ns
            and stamp_ns - begin_ns >= whole_ns * 0.99
            and stamp_ns - self._last_quiet_ns >= self._quiet_ns
        )

    def _window(self, now_ns: int) -> Window | None:
        if len(self._samples) < LEAST_SAMPLES:
            return None
        begin_ns = self._samples[0][0]
        standing = [Label(one.part, one.fault, one.begin_ns, now_ns + 1)
                    for one in self._open.values()]  # fmt: skip
        labels = [one for one in (*self._over, *standing) if one.end_ns > begin_ns]
        return Window(tuple(self._samples), tuple(labels))

    def _forget(self) -> None:
        self._samples.clear()
        self._open.clear()
        self._over.clear()
        self._raised_ns = self._busy_ns = self._last_quiet_ns = 0
