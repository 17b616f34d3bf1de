"""What is wrong now and since when, part by part; what flickers is waited out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory_perception.faults.verdict import Verdict

#: Another name for what is wrong with a part, or that nothing is, counts after so long.
LASTS_NS, _NOTHING = 400_000_000, ''


@dataclass(frozen=True)
class Change:
    """A verdict that was ``raised``, ``renamed`` or ``cleared`` at a time."""

    what: str
    verdict: Verdict
    stamp_ns: int


class AlarmBook:
    """One verdict a part: the first of those given, under the name that lasts."""

    def __init__(self) -> None:
        self.open: dict[str, Verdict] = {}
        self._other: dict[str, tuple[str, int]] = {}

    def update(self, verdicts: Sequence[Verdict], stamp_ns: int) -> list[Change]:
        """Take all verdicts of now, the most telling of a part first; give what changed."""
        now: dict[str, Verdict] = {}
        for verdict in verdicts:
            now.setdefault(verdict.part, verdict)
        changes = []
        for part in [part for part in self.open if part not in now]:
            if self._lasts(part, _NOTHING, stamp_ns):
                changes.append(Change('cleared', self.open.pop(part), stamp_ns))
        for part, verdict in now.items():
            before = self.open.get(part)
            if before is None:
                self.open[part] = verdict
                changes.append(Change('raised', verdict, stamp_ns))
            elif verdict.fault == before.fault:
                self.open[part] = replace(verdict, onset_ns=before.onset_ns)
                self._other.pop(part, None)
            elif self._lasts(part, verdict.fault, stamp_ns):
                self.open[part] = replace(verdict, onset_ns=before.onset_ns)
                changes.append(Change('renamed', self.open[part], stamp_ns))
        return changes

    def _lasts(self, part: str, fault: str, stamp_ns: int) -> bool:
        name, since_ns = self._other.get(part, (None, 0))
        if name != fault or stamp_ns < since_ns:
            self._other[part] = (fault, stamp_ns)
            return False
        if stamp_ns - since_ns < LASTS_NS:
            return False
        del self._other[part]
        return True
