"""A library of an optional neighbour that is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class NeighbourError(OSError):
    """A neighbour cannot be spoken to; the text says why and the mend."""


def load(module: str, package: str) -> Any:
    """Import a library that only this neighbour needs.

    Raises:
        NeighbourError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise NeighbourError(f'{error.name} is not installed: pip install {package}') from error
