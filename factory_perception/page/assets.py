"""The files of the page, which are shipped inside the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / 'files'
_TYPES = {
    '.html': 'text/html',
    '.css': 'text/css',
    '.js': 'text/javascript',
    '.svg': 'image/svg+xml',
}


@dataclass(frozen=True)
class Asset:
    """One file, ready to be sent."""

    data: bytes
    content_type: str


def read_assets() -> dict[str, Asset]:
    """Give every file by its name."""
    return {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(FOLDER.iterdir())
        if path.suffix in _TYPES
    }
