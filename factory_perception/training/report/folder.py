"""The folder of a report: the page, and the numbers behind it."""

from __future__ import annotations

import json
from pathlib import Path

from factory_perception.files import write_atomic
from factory_perception.training.report.page import page
from factory_perception.training.report.report import Report

PAGE, NUMBERS = 'index.html', 'report.json'


def write_report(report: Report, folder: Path) -> Path:
    """Write a report into a folder, which is made where it is missing; give its page.

    Raises:
        ValueError: two figures have the same key.
        OSError: the disk is full or not writable.
    """
    numbers = json.dumps(report.numbers(), allow_nan=False, ensure_ascii=False)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / NUMBERS, numbers.encode() + b'\n')
    write_atomic(folder / PAGE, page(report).encode())
    return folder / PAGE
