"""The reference pages are those of the code; no parameter is undocumented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from make_reference import main, pages
import pytest

from factory_perception.nodes.parameter_files import node_tables
from factory_perception.nodes.parameter_table import describe

ROOT = Path(__file__).resolve().parents[2]
PAGES = pages()


@pytest.mark.parametrize('name', sorted(PAGES))
def test_the_page_is_that_of_the_code(name):
    assert (ROOT / 'docs' / 'reference' / name).read_text() == PAGES[name], (
        'run: python tools/make_reference.py docs/reference'
    )


def test_no_page_is_left_over():
    assert {path.name for path in (ROOT / 'docs' / 'reference').iterdir()} == set(PAGES)


@pytest.mark.parametrize('name, table', node_tables().items())
def test_every_parameter_is_described(name, table):
    for item in fields(table):
        assert len(describe(item).text) > 10 and describe(item).text.rstrip().endswith('.')
        assert f'| `{item.name}` |' in PAGES[f'{name}.md']


def test_main_writes_every_page(tmp_path):
    assert main([str(tmp_path / 'new')]) == 0
    assert {path.name for path in (tmp_path / 'new').iterdir()} == set(PAGES)
