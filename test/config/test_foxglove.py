"""The Foxglove layout: made by its tool, about topics that exist."""

from __future__ import annotations

import json
from pathlib import Path
import re
import sys

import pytest

from factory_perception.nodes.topics import OUT, TOPICS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / 'config' / 'foxglove' / 'factory_cell.json'
LAYOUT = json.loads(FILE.read_text())
#: The nodes of the cell under their own names, and topics that every node has.
PUBLISHED = {
    re.sub(r'^~', f'/{name}', topic.name if topic.name[0] in '~/' else f'/{topic.name}')
    for name, topics in TOPICS.items()
    for topic in topics
    if topic.role == OUT
} | {'/diagnostics'}


def panels(node: dict) -> list[dict]:
    if node.get('type') == 'panel':
        return [node]
    return [panel for item in node['items'] for panel in panels(item['content'])]


def topics_of(config: dict) -> set[str]:
    found = {config[key] for key in ('topicToRender', 'topicPath') if key in config}
    found |= {config['imageMode']['imageTopic']} if 'imageMode' in config else set()
    found |= {series['value'] for series in config.get('paths', ())}
    return {re.split(r'[.\[]', path)[0] for path in found}


def test_every_panel_shows_a_topic_that_is_published():
    found = panels(LAYOUT['content'])
    assert {panel['panelType'] for panel in found} == {
        'Image', 'Plot', 'DiagnosticsSummary', 'RawMessages',
    }  # fmt: skip
    for panel in found:
        topics = topics_of(panel['config'])
        assert topics and topics <= PUBLISHED, panel['title']


def test_the_file_is_that_of_its_tool():
    pytest.importorskip('foxglove.layouts', reason='pip install foxglove-sdk')
    sys.path.insert(0, str(ROOT / 'tools'))
    from make_foxglove_layout import layout_text

    assert FILE.read_text() == layout_text()
