"""Publish a new version of a model so that no reader ever sees half of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import fcntl
import io
import json
from pathlib import Path
import shutil
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.files import sha256_of, sync_folder, write_atomic, write_synced
from factory_perception.model_store import champion
from factory_perception.model_store.folder import ModelFolder, open_folder, READY_FILE
from factory_perception.model_store.manifest import MANIFEST_FILE, MANIFEST_VERSION, parse_manifest
from factory_perception.model_store.store import ModelStore

REPORT_FOLDER = 'report'
_STAGING = '.staging-'


def publish(
    store: ModelStore,
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes],
    file_facts: Mapping[str, Mapping[str, Any]] | None = None,
    report: Path | None = None,
    first_serves: bool = True,
) -> ModelFolder:
    """Write the next version of a model and give its folder.

    Order on disk: everything into a hidden staging folder, fsync, one rename to the version number,
    and last of all ``READY``. Killed at any moment, the versions before it go on serving.

    Args:
        store: the new version goes to its writable root.
        manifest: content of ``manifest.json`` but ``manifest_version``, ``version`` and ``files``.
        files: name and content of each file.
        file_facts: ``precision`` and ``opset`` of the ONNX files, by name.
        report: a folder to copy to ``report/``; not covered by checksums.
        first_serves: the very first version of a model becomes its champion; every other one, or
            every one, has to be promoted.

    Raises:
        ModelError: the manifest breaks the schema; nothing is published.
        OSError: the disk is full or not writable; nothing is published.
    """
    facts = file_facts or {}
    name = manifest['name']
    model_folder = store.writable_root / name
    model_folder.mkdir(parents=True, exist_ok=True)
    with _locked(model_folder):
        version = store.highest_version(name) + 1
        content = {
            'manifest_version': MANIFEST_VERSION,
            **manifest,
            'version': version,
            'files': {
                file: {'sha256': sha256_of(data), 'bytes': len(data), **facts.get(file, {})}
                for file, data in files.items()
            },
        }
        text = json.dumps(content, indent=2).encode() + b'\n'
        parse_manifest(text, f'the new manifest of {name}')
        with _staging(model_folder) as staging:
            for file, data in files.items():
                write_synced(staging / file, data)
            write_synced(staging / MANIFEST_FILE, text)
            if report is not None:
                shutil.copytree(report, staging / REPORT_FOLDER)
            sync_folder(staging)
            target = model_folder / str(version)
            staging.rename(target)
        sync_folder(model_folder)
        serving = store.champion(name)
        if champion.read_history(model_folder) is None:
            first = serving or (version if first_serves else None)
            champion.write_history(model_folder, [] if first is None else [first])
        write_atomic(target / READY_FILE, sha256_of(text).encode() + b'\n')
    return open_folder(target)


def pack_probe(inputs: Mapping[str, NDArray], outputs: Mapping[str, NDArray]) -> bytes:
    """Pack probe vectors, by tensor name, into the content of ``probe.npz``."""
    buffer = io.BytesIO()
    arrays = {
        **{f'in.{name}': array for name, array in inputs.items()},
        **{f'out.{name}': array for name, array in outputs.items()},
    }
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


@contextlib.contextmanager
def _locked(model_folder: Path) -> Iterator[None]:
    """Let one publisher at a time into a model's folder."""
    with (model_folder / '.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _staging(model_folder: Path) -> Iterator[Path]:
    """Make a staging folder; clear away those that killed publishers left (the lock is held)."""
    for leftover in model_folder.glob(f'{_STAGING}*'):
        shutil.rmtree(leftover)
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=model_folder))
    staging.chmod(0o755)
    try:
        yield staging
    finally:
        if staging.exists():
            shutil.rmtree(staging)
