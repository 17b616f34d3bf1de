"""The engine that a node serves with, and the better one that may be on its way."""

from __future__ import annotations

import logging
from types import TracebackType

from factory_perception.engines.background import BackgroundBuild, BuildState
from factory_perception.engines.engine import Engine

_LOG = logging.getLogger(__name__)


class EngineSlot:
    """Holds the engine of one worker thread; a better one takes its place between two frames.

    The worker alone calls ``current``, ``take_upgrade`` and ``close``; ``status`` may be read from
    any thread.

    Example::

        buffers = slot.current.buffers()
        while running:
            if slot.take_upgrade():
                buffers = slot.current.buffers()
            fill(buffers.inputs)
            slot.current.infer(buffers)
    """

    def __init__(self, engine: Engine, upgrade: BackgroundBuild | None = None) -> None:
        self._engine = engine
        self._upgrade = upgrade

    @property
    def current(self) -> Engine:
        """Give the engine that serves now."""
        return self._engine

    def take_upgrade(self) -> bool:
        """Let a finished better engine take over; say whether one did.

        The buffers of the engine before are of no use any more then.
        """
        better = self._upgrade.take() if self._upgrade is not None else None
        if better is None:
            return False
        before, self._engine = self._engine, better
        before.close()
        _LOG.info('%s takes over from %s', _name(better), _name(before))
        return True

    @property
    def status(self) -> str:
        """Say in one line what serves, why nothing better, and what is being built."""
        parts = [f'{_name(self._engine)} serves', self._engine.info.note]
        if self._upgrade is not None and self._upgrade.status.state is not BuildState.TAKEN:
            parts.append(str(self._upgrade.status))
        return '; '.join(filter(None, parts))

    @property
    def building(self) -> bool:
        """Say whether a better engine is still on its way."""
        return self._upgrade is not None and not self._upgrade.wait(0)

    def close(self) -> None:
        """Stop a build that is under way, and free everything."""
        if self._upgrade is not None:
            self._upgrade.close()
        self._engine.close()

    def __enter__(self) -> EngineSlot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _name(engine: Engine) -> str:
    info = engine.info
    return f'{info.backend} {info.precision} on {info.device}'
