"""The champion pointer: which version of a model the nodes run, and which ones ran before."""

from __future__ import annotations

import json
from pathlib import Path

from factory_perception.files import write_atomic
from factory_perception.model_store.manifest import ModelError

POINTER_FILE = 'champion.json'
#: So many earlier champions can be gone back to.
HISTORY_LENGTH = 20


def read_history(model_folder: Path) -> list[int] | None:
    """Give the champions of a model, the present one last.

    Empty when no version was promoted, ``None`` when nobody ever decided: there is no pointer.

    Raises:
        ModelError: the pointer file is damaged.
    """
    path = model_folder / POINTER_FILE
    try:
        history = json.loads(path.read_text())['history']
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f'{path} cannot be read ({error}): delete it to run the newest version, '
            'or promote a version again'
        ) from error
    if not isinstance(history, list) or not all(type(version) is int for version in history):
        raise ModelError(
            f'{path}: "history" is not a list of version numbers; delete the file or '
            'promote a version again'
        )
    return history


def write_history(model_folder: Path, history: list[int]) -> None:
    """Replace the pointer in one step; readers see the old champion or the new one."""
    model_folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({'history': history[-HISTORY_LENGTH:]})
    write_atomic(model_folder / POINTER_FILE, text.encode() + b'\n')
