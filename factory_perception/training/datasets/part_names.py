"""Words for the parts of a data set in the names of files and folders."""

from __future__ import annotations

import re

PART_WORDS = {
    'train': 'train', 'training': 'train', 'val': 'val', 'valid': 'val', 'validation': 'val',
    'test': 'test', 'testing': 'test', 'trainval': 'trainval',
}  # fmt: skip


def split_word(name: str) -> str:
    """Give ``train``, ``val`` or ``test`` when a file or folder name says so, else ``''``."""
    for word in re.split(r'[^a-z]+', name.lower()):
        if word in PART_WORDS:
            return PART_WORDS[word]
    return ''


def part_of_folder(name: str) -> str:
    """Give the part when a folder is called nothing but ``train``, ``val``, ``test`` or alike."""
    return PART_WORDS.get(name.lower(), '')


def part_of_path(folders: str) -> str:
    """Give the part that one of the folders of a path is called after, ``images/train2017``."""
    for name in folders.lower().split('/'):
        part = PART_WORDS.get(name) or PART_WORDS.get(name.rstrip('0123456789'))
        if part:
            return part
    return ''
