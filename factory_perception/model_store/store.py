"""The models of this machine: those that came with the package and those made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import re

from factory_perception.model_store import champion
from factory_perception.model_store.folder import ModelFolder, open_folder, READY_FILE
from factory_perception.model_store.manifest import ModelError
from factory_perception.resources import data_home, share_folder

STORE_VARIABLE = 'FACTORY_PERCEPTION_MODELS'
_REFERENCE = re.compile(r'([a-z][a-z0-9_]{0,63})(?:@([1-9][0-9]{0,8}))?')


@dataclass(frozen=True)
class ModelStore:
    """Folders of models, looked through in order; new versions go to the first one.

    A version number belongs to one model in the whole store: publishing counts on from the highest
    that any root holds, so a shipped ``parts/1`` is followed by ``parts/2`` in the user's folder.
    """

    roots: tuple[Path, ...]

    @property
    def writable_root(self) -> Path:
        """Give the folder that new versions and champion pointers are written to."""
        return self.roots[0]

    def names(self) -> list[str]:
        """List the models that have at least one finished version."""
        found = {
            folder.name
            for root in self.roots
            if root.is_dir()
            for folder in root.iterdir()
            if _REFERENCE.fullmatch(folder.name)
        }
        return sorted(name for name in found if self.versions(name))

    def versions(self, name: str) -> dict[int, Path]:
        """Give the folder of each finished version of a model, oldest first."""
        found: dict[int, Path] = {}
        for root in reversed(self.roots):  # the first root wins
            for folder in _numbered_folders(root / name):
                if (folder / READY_FILE).is_file():
                    found[int(folder.name)] = folder
        return dict(sorted(found.items()))

    def highest_version(self, name: str) -> int:
        """Give the highest version number in use, finished or not; 0 when there is none."""
        return max(
            (int(folder.name) for root in self.roots for folder in _numbered_folders(root / name)),
            default=0,
        )

    def champion(self, name: str) -> int | None:
        """Give the version that nodes run: the promoted one; the newest where nobody decided."""
        versions = self.versions(name)
        histories = [champion.read_history(root / name) for root in self.roots]
        for history in histories:
            if history and history[-1] in versions:
                return history[-1]
        return None if [] in histories else max(versions, default=None)

    def promote(self, name: str, version: int) -> None:
        """Make a version the one that nodes run from their next configure on.

        Raises:
            ModelError: there is no such finished version, or its manifest is not valid.
        """
        self.find(f'{name}@{version}').verify()
        current = self.champion(name)
        history = champion.read_history(self.writable_root / name) or []
        if not history and current is not None:
            history = [current]
        if not history or history[-1] != version:
            champion.write_history(self.writable_root / name, [*history, version])

    def rollback(self, name: str) -> int:
        """Go back to the champion before the present one; give its version.

        Raises:
            ModelError: there was none, or it is gone.
        """
        history = champion.read_history(self.writable_root / name) or []
        if len(history) < 2:
            raise ModelError(f'{name} has no earlier champion to go back to')
        self.find(f'{name}@{history[-2]}').verify()
        champion.write_history(self.writable_root / name, history[:-1])
        return history[-2]

    def find(self, reference: str) -> ModelFolder:
        """Open a model by ``name`` (the champion), ``name@version`` or the path of its folder.

        Raises:
            ModelError: it is not there or not valid; the text lists what is there.
        """
        if os.sep in reference:
            return open_folder(Path(reference).expanduser())
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ModelError(
                f'"{reference}" is neither a model name such as parts, nor name@version, '
                'nor the path of a model folder'
            )
        name, version = match.group(1), match.group(2)
        versions = self.versions(name)
        if not versions:
            known = ', '.join(self.names()) or 'none'
            raise ModelError(
                f'there is no model "{name}" in {", ".join(map(str, self.roots))}; '
                f'there are: {known}'
            )
        wanted = int(version) if version else self.champion(name)
        if wanted is None:
            newest = f'{name}@{max(versions)}'
            raise ModelError(
                f'no version of {name} is promoted: say {newest} to use that one, or make it what '
                f'nodes run: factory_perception models promote {newest}'
            )
        if wanted not in versions:
            raise ModelError(
                f'{name} has no finished version {wanted}; there are: '
                f'{", ".join(map(str, versions))}'
            )
        return open_folder(versions[wanted])


def default_store(roots: Sequence[str | Path] = ()) -> ModelStore:
    """Give the store of this machine: the user's own folder, then the shipped models.

    Args:
        roots: folders to use instead; the variable ``FACTORY_PERCEPTION_MODELS`` (folders separated
            by ``:``) does the same.
    """
    chosen = [Path(root) for root in roots if str(root)]
    if not chosen:
        chosen = [
            Path(root) for root in os.environ.get(STORE_VARIABLE, '').split(os.pathsep) if root
        ]
    if not chosen:
        chosen = [data_home() / 'models', share_folder() / 'models']
    return ModelStore(tuple(root.expanduser().resolve() for root in chosen))


def _numbered_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        entry
        for entry in folder.iterdir()
        if entry.is_dir() and re.fullmatch('[1-9][0-9]{0,8}', entry.name)
    ]
