"""The files of the page: all there, nothing from elsewhere, texts never run as code."""

from __future__ import annotations

import re

import pytest

from factory_perception.page.assets import read_assets

ASSETS = read_assets()


def test_what_the_page_asks_for_is_there():
    html = ASSETS['index.html'].data.decode()
    wanted = set(re.findall(r'(?:src|href)="([^"]+)"', html))
    for asset in ASSETS.values():
        wanted |= set(re.findall(r"from '\./([^']+)'", asset.data.decode()))
    assert wanted and wanted <= set(ASSETS)


def test_all_scripts_are_asked_for_at_once():
    asked = re.findall(r'(?:src|href)="([^"]+\.js)"', ASSETS['index.html'].data.decode())
    assert sorted(asked) == sorted(name for name in ASSETS if name.endswith('.js'))


@pytest.mark.parametrize('name', ASSETS)
def test_nothing_from_elsewhere(name):
    text = ASSETS[name].data.decode()
    found = set(re.findall(r'(?:https?:)?//[\w.]+\.\w+', text)) - {'http://www.w3.org'}
    assert not found
    assert '@import' not in text and '@font-face' not in text


@pytest.mark.parametrize('name', [name for name in ASSETS if name.endswith('.js')])
def test_texts_never_become_html(name):
    text = ASSETS[name].data.decode()
    for word in ('innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval('):
        assert word not in text


def test_every_id_that_a_script_looks_for_is_in_the_page():
    ids = set(re.findall(r'id="([^"]+)"', ASSETS['index.html'].data.decode()))
    for name, asset in ASSETS.items():
        for wanted in re.findall(r"byId\('([^']+)'\)", asset.data.decode()):
            assert wanted in ids, f'{name} looks for {wanted}'
