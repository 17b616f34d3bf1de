"""The one thread of a node that owns the engine."""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Generic, TypeVar

from factory_perception.nodes.latest import LatestSlots

Item = TypeVar('Item')


class Worker(Generic[Item]):
    """Takes the latest items of all sources and hands them on in batches until it is stopped."""

    def __init__(
        self,
        sources: int,
        batch: int,
        handle: Callable[[list[tuple[int, Item]]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Start the thread.

        Args:
            sources: number of sources.
            batch: at most so many items are handed on at once.
            handle: called in the thread with (source, item) pairs.
            failed: called in the thread with what ``handle`` raised; the thread lives on.
        """
        self.slots: LatestSlots[Item] = LatestSlots(sources)
        self._batch = batch
        self._handle = handle
        self._failed = failed
        self._thread = threading.Thread(target=self._run, name='inference')
        self._thread.start()

    def _run(self) -> None:
        while batch := self.slots.take(self._batch):
            try:
                self._handle(batch)
            except Exception as error:  # the node must outlive whatever one frame does to it
                self._failed(error)

    def stop(self) -> None:
        """Stop after the batch in work and wait for the thread."""
        self.slots.close()
        self._thread.join()
