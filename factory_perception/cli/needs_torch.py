"""Commands of the trainer say what they lack instead of failing in an import."""

from __future__ import annotations

import importlib.util

from factory_perception.cli.errors import CommandError


def need_torch() -> None:
    """Refuse to go on without PyTorch.

    Raises:
        CommandError: it is not installed.
    """
    if importlib.util.find_spec('torch') is None:
        raise CommandError(
            'the trainer needs PyTorch: python3 tools/bootstrap.py train '
            '(about 5 GB), or pip install "factory_perception[train]"'
        )
