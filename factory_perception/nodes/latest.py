"""The newest message of each source, for one worker: old frames are dropped, never queued."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

Item = TypeVar('Item')


class LatestSlots(Generic[Item]):
    """One slot a source. Filling a full slot drops what was in it.

    Sources take turns: the one served last comes last when more are waiting than are taken.
    """

    def __init__(self, sources: int) -> None:
        self._items: list[Item | None] = [None] * sources
        self._order = list(range(sources))
        self._closed = False
        self._filled = threading.Condition()

    def put(self, source: int, item: Item) -> bool:
        """Offer an item; give whether an older one had to be dropped for it."""
        with self._filled:
            dropped = self._items[source] is not None
            self._items[source] = item
            self._filled.notify()
        return dropped

    def take(self, limit: int) -> list[tuple[int, Item]]:
        """Wait for items and take at most ``limit`` of them; nothing once the slots are closed."""
        with self._filled:
            self._filled.wait_for(lambda: self._closed or any(self._waiting()))
            if self._closed:
                return []
            chosen = [source for source in self._order if self._items[source] is not None][:limit]
            taken: list[tuple[int, Item]] = []
            for source in chosen:
                item = self._items[source]
                assert item is not None
                self._items[source] = None
                taken.append((source, item))
            self._order = [s for s in self._order if s not in chosen] + chosen
            return taken

    def close(self) -> None:
        """Let the worker go; what is waiting is forgotten."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()

    def _waiting(self) -> list[bool]:
        return [item is not None for item in self._items]
