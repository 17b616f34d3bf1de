"""Samples held back until something can be made of them.

A sample that is worked on alone, right after the process woke up for it, costs four times as much
as one in a row of others: nothing that the work needs is in the caches of the processor. So what
cannot complete a row yet waits for the sample that does.
"""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.motion.joint_sample import JointSample

#: No more are held, however far apart the rows are.
_MOST = 64


class HeldSamples:
    """The waiting samples of one stream, oldest first."""

    def __init__(self) -> None:
        self._held: list[JointSample] = []
        self._newest_ns = 0

    @property
    def arrival_ns(self) -> int:
        """Give when the newest of the held samples arrived; 0 when none is held."""
        return self._held[-1].received_ns if self._held else 0

    def add(self, sample: JointSample, due_ns: int) -> Sequence[JointSample]:
        """Take a sample; give all that were held, with it as the last, or none yet.

        Args:
            sample: is held if its stamp rises, and lies before ``due_ns``.
            due_ns: stamp from which on samples complete something; 0 lets nothing wait.
        """
        self._held.append(sample)
        rises, self._newest_ns = sample.stamp_ns > self._newest_ns, sample.stamp_ns
        if rises and sample.stamp_ns < due_ns and len(self._held) < _MOST:
            return ()
        ready, self._held = self._held, []
        return ready
