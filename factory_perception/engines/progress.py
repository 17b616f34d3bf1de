"""How far the build of an engine is, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from factory_perception.engines.engine import EngineError


class BuildCancelledError(EngineError):
    """A build that was stopped because somebody asked for it."""


@dataclass(frozen=True)
class Progress:
    """How far a build is: a fraction of 0 to 1, and what is being done."""

    fraction: float
    phase: str


ProgressCallback = Callable[[Progress], None]
