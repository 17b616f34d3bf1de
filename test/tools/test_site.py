"""The documentation site builds with every link checked, and loads nothing from elsewhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
import re
import subprocess
import sys

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What a page loads by itself; links that a reader may follow are something else.
_ELSEWHERE = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"')

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (find_spec('mkdocs') and find_spec('material')),
        reason='pip install -r tools/pins/docs.txt',
    ),
]


def test_the_site(tmp_path):
    command = [sys.executable, '-m', 'mkdocs', 'build', '--strict', '--site-dir', str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    pages = list(tmp_path.rglob('*.html'))
    assert len(pages) > 10
    for page in pages:
        loaded = _ELSEWHERE.findall(page.read_text())
        assert not loaded, f'{page.name} loads {loaded}'
