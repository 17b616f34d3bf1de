"""Write ``docs/reference/<node>.md``: parameters, topics and services of every node.

Run it after a parameter table or ``nodes/topics.py`` has changed; a test compares::

    python tools/make_reference.py docs/reference
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from importlib import import_module
from pathlib import Path
import sys
from typing import Any

from factory_perception.files import write_atomic
from factory_perception.nodes.parameter_files import node_tables
from factory_perception.nodes.parameter_table import default_of, describe, NodeParameters
from factory_perception.nodes.topics import CLIENT, EVERYWHERE, IN, OUT, SERVICE, Topic, TOPICS

MADE = '<!-- Made by tools/make_reference.py from the tables in the code. -->\n'
_HEADINGS = {IN: 'Listens to', OUT: 'Publishes', SERVICE: 'Services', CLIENT: 'Calls'}


def pages() -> dict[str, str]:
    """Give the text of every page by its file name."""
    tables = node_tables()
    texts = {f'{name}.md': node_page(name, tables[name]) for name in sorted(tables)}
    return {**texts, 'index.md': index_page(tables)}


def index_page(tables: Mapping[str, type[NodeParameters]]) -> str:
    """Give the list of all nodes and what they have in common."""
    lines = [
        '# Nodes', '', MADE,
        'Every node is a managed one: `configure` loads, `activate` listens, `autostart` does',
        'both. A parameter is given with `-p name:=value`, or in a file like those in',
        '`config/nodes/`.', '',
        '| node | what it does |', '|---|---|',
    ]  # fmt: skip
    lines += [f'| [{name}]({name}.md) | {_summary(name)} |' for name in sorted(tables)]
    lines += ['', '## What every node has', '', *_topic_rows(EVERYWHERE)]
    lines += ['', *_parameter_rows(NodeParameters)]
    return '\n'.join(lines) + '\n'


def node_page(name: str, table: type[NodeParameters]) -> str:
    """Give the page of one node."""
    lines = [f'# {name}', '', MADE, *_docstring(name).splitlines(), '']
    lines += ['```bash', f'ros2 run factory_perception {name}', '```']
    for role, heading in _HEADINGS.items():
        topics = [topic for topic in TOPICS[name] if topic.role == role]
        if topics:
            lines += ['', f'## {heading}', '', *_topic_rows(topics)]
    lines += ['', '## Parameters', '']
    lines += ['Those that are *live* can change while the node runs.', '']
    lines += [*_parameter_rows(table)]
    return '\n'.join(lines) + '\n'


def _docstring(name: str) -> str:
    return (import_module(f'factory_perception.nodes.{name}').__doc__ or '').strip()


def _summary(name: str) -> str:
    return ' '.join(_docstring(name).split('\n\n')[0].split())


def _topic_rows(topics: Any) -> list[str]:
    rows = ['| name | type | what |', '|---|---|---|']
    for topic in topics:
        rows.append(f'| `{topic.name}` | {topic.type_name} | {_topic_text(topic)} |')
    return rows


def _topic_text(topic: Topic) -> str:
    return f'{topic.text} *Only {topic.when}.*' if topic.when else topic.text


def _parameter_rows(table: type[NodeParameters]) -> list[str]:
    rows = ['| parameter | default | range | what |', '|---|---|---|---|']
    return rows + [_parameter_row(item) for item in fields(table)]


def _parameter_row(item: Field[Any]) -> str:
    description = describe(item)
    text = description.text.replace('|', '\\|')
    live = ' *Live.*' if description.live else ''
    return f'| `{item.name}` | `{_shown(default_of(item))}` | {_range(item)} | {text}{live} |'


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return '[' + ', '.join(map(_shown, value)) + ']'
    return f"'{value}'" if isinstance(value, str) else str(value)


def _range(item: Field[Any]) -> str:
    description = describe(item)
    if description.choices:
        return ', '.join(f'`{choice}`' if choice else "`''`" for choice in description.choices)
    low, high = description.low, description.high
    if low is not None and high is not None:
        return f'{low:g} … {high:g}'
    if low is not None:
        return f'≥ {low:g}'
    return '' if high is None else f'≤ {high:g}'


def main(arguments: list[str]) -> int:
    """Write all pages into the given folder."""
    (folder,) = map(Path, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        write_atomic(folder / name, text.encode())
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
