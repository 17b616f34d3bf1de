"""What TensorRT has to say: forwarded to Python's logging, its errors kept for our own errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import functools
import logging
from typing import Any

from factory_perception.engines.engine import EngineError
from factory_perception.engines.tensorrt import bindings

_LOG = logging.getLogger('factory_perception.tensorrt')
#: By identity: lists that are equal are not the same.
_collectors: dict[int, list[str]] = {}


@functools.cache
def shared_logger() -> Any:
    """Give the ``trt.ILogger`` of this process; TensorRT wants one and the same everywhere.

    Raises:
        EngineError: TensorRT is not usable here.
    """
    trt = bindings.load()

    class Forwarder(trt.ILogger):  # type: ignore[name-defined]
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, message: str) -> None:
            forward(severity.name, message)

    return Forwarder()


def forward(severity: str, message: str) -> None:
    """Log one message of TensorRT; called on any thread, and must not raise into C++."""
    with contextlib.suppress(Exception):
        if severity in ('ERROR', 'INTERNAL_ERROR'):
            for collector in list(_collectors.values()):
                collector.append(message)
            _LOG.error(message)
        elif severity == 'WARNING':
            _LOG.warning(message)
        elif severity == 'INFO':
            _LOG.debug(message)


@contextlib.contextmanager
def collected_errors() -> Iterator[list[str]]:
    """Collect the errors that TensorRT reports meanwhile, on whatever thread."""
    errors: list[str] = []
    _collectors[id(errors)] = errors
    try:
        yield errors
    finally:
        del _collectors[id(errors)]


def told(errors: list[str]) -> str:
    """Give the first error in one line; the later ones only follow from it."""
    return ' '.join(errors[0].split())[:400] if errors else 'TensorRT gave no reason'


def created(what: str, make: Callable[[], Any], errors: list[str]) -> Any:
    """Make an object of TensorRT, which gives ``None`` or, for a constructor, raises on failure.

    Raises:
        EngineError: there is none; TensorRT's own reason is in the text.
    """
    try:
        thing = make()
    except (RuntimeError, TypeError) as error:
        raise EngineError(f'TensorRT gives no {what}: {told([*errors, str(error)])}') from error
    if thing is None:
        raise EngineError(f'TensorRT gives no {what}: {told(errors)}')
    return thing
