"""Long work that ends in good order when it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` here at SIGINT and SIGTERM; for the main thread.

    What a script starts in the background ignores SIGINT by itself, and so do its children: not
    what runs in here.
    """

    def on_signal(*_: Any) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
