"""One model on disk: ``<name>/<version>/`` with its manifest; nothing is loaded here."""

from __future__ import annotations

from dataclasses import dataclass
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from factory_perception.files import sha256_of
from factory_perception.model_store.manifest import (
    Manifest,
    MANIFEST_FILE,
    MAX_MANIFEST_BYTES,
    ModelError,
    parse_manifest,
)

READY_FILE = 'READY'
PROBE_FILE = 'probe.npz'


@dataclass(frozen=True)
class Probe:
    """Inputs, and the outputs that the network gave for them at export; by tensor name."""

    inputs: dict[str, NDArray]
    outputs: dict[str, NDArray]


@dataclass(frozen=True)
class ModelFolder:
    """A complete model folder whose manifest has been read and checked."""

    path: Path
    manifest: Manifest

    @property
    def label(self) -> str:
        """Give the model as people name it: ``parts@3``."""
        return f'{self.manifest.name}@{self.manifest.version}'

    def read(self, file_name: str) -> bytes:
        """Read a file of the model and check it against the manifest, in one go.

        What is returned is what was checked: nobody can exchange the file in between.

        Raises:
            ModelError: the file is not in the manifest, missing, or not the one that was published.
        """
        expected = self.manifest.files.get(file_name)
        path = self.path / file_name
        if expected is None:
            raise ModelError(
                f'{self.label} has no file {file_name}, only {", ".join(self.manifest.files)}'
            )
        data = _read_file(path, f'copy the folder of {self.label} again')
        if len(data) != expected.bytes:
            raise ModelError(
                f'{path} has {len(data)} bytes instead of {expected.bytes}: it is '
                f'cut off or changed; copy the folder of {self.label} again'
            )
        actual = sha256_of(data)
        if actual != expected.sha256:
            raise ModelError(
                f'{path} has sha256 {actual[:12]}… instead of '
                f'{expected.sha256[:12]}…: it is not the file that was published; '
                f'copy the folder of {self.label} again'
            )
        return data

    def read_probe(self) -> Probe:
        """Read the probe vectors.

        Raises:
            ModelError: the model has none, or the file is damaged.
        """
        data = self.read(PROBE_FILE)
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
        except (ValueError, OSError, KeyError) as error:
            raise ModelError(f'{self.path / PROBE_FILE} is damaged: {error}') from error
        return Probe(
            {name[3:]: array for name, array in arrays.items() if name.startswith('in.')},
            {name[4:]: array for name, array in arrays.items() if name.startswith('out.')},
        )

    def verify(self) -> None:
        """Read every file that the manifest names.

        Raises:
            ModelError: about the first file that is missing or changed.
        """
        for name in self.manifest.files:
            self.read(name)


def open_folder(path: Path) -> ModelFolder:
    """Read the manifest of a published model folder.

    Raises:
        ModelError: the folder is missing, was never finished, or its manifest is not valid.
    """
    if not path.is_dir():
        raise ModelError(
            f'{path} is not a folder: name a model of the store '
            '(factory_perception models list) or give the path of a model folder'
        )
    if not (path / READY_FILE).is_file():
        raise ModelError(
            f'{path} has no {READY_FILE} file: publishing it was never finished; '
            'publish the model again'
        )
    manifest_path = path / MANIFEST_FILE
    data = _read_file(manifest_path, 'publish the model again', MAX_MANIFEST_BYTES)
    ready = _read_file(path / READY_FILE, 'publish the model again', 1024)
    if ready.decode('ascii', 'replace').strip() != sha256_of(data):
        raise ModelError(
            f'{manifest_path} is not the one that {READY_FILE} was written for: it '
            'was changed after publishing; publish the model again'
        )
    return ModelFolder(path, parse_manifest(data, str(manifest_path)))


def _read_file(path: Path, mend: str, limit: int | None = None) -> bytes:
    try:
        if limit is not None and path.stat().st_size > limit:
            raise ModelError(
                f'{path} has {path.stat().st_size} bytes, more than the {limit} that '
                f'any such file has: {mend}'
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f'{path} is missing: {mend}') from error
    except OSError as error:
        raise ModelError(
            f'{path} cannot be read ({error.strerror}): check who may read it'
        ) from error
