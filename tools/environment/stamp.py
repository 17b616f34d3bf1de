"""For what ``.venv`` was made, kept in it: an environment whose pins stand is used as it is."""

from __future__ import annotations

import hashlib
import json
import sys

from environment.places import MESSAGES, PINS, ROOT, VENV

STAMP = VENV / 'factory_perception.json'
#: Each profile is installed on top of the ones before it.
PROFILES = ('demo', 'train', 'test')


def fingerprint(profile: str, distribution: str | None) -> str:
    """Hash all that decides what a profile's environment holds."""
    files = [
        *sorted(PINS.glob('*.txt')),
        *sorted(MESSAGES.rglob('*')),
        ROOT / 'tools' / 'build_msgs.py',
        *sorted((ROOT / 'tools' / 'message_wheel').glob('*.py')),
        ROOT / 'setup.py',
    ]
    python = f'{sys.version_info[:3]} {sys.prefix}'
    digest = hashlib.sha256(f'{profile} {distribution} {python}'.encode())
    for path in files:
        if path.is_file():
            digest.update(path.name.encode() + b'\0' + path.read_bytes())
    return digest.hexdigest()


def is_made(profile: str, distribution: str | None) -> bool:
    """Say whether the environment holds the profile, or a richer one, as it is wanted now."""
    made = read_stamp()
    richer = PROFILES[PROFILES.index(profile) :]
    return any(made.get(name) == fingerprint(name, distribution) for name in richer)


def read_stamp() -> dict[str, str]:
    """Give the fingerprint of each installed profile; nothing when the stamp is unreadable."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def write_stamp(profile: str, made_for: str) -> None:
    """Say that the profile is installed, with the fingerprint that it was made for."""
    partial = STAMP.with_suffix('.part')
    partial.write_text(json.dumps({profile: made_for}))
    partial.replace(STAMP)
