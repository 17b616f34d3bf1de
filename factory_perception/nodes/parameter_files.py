"""Write ``config/nodes/<executable>.yaml`` from the parameter tables of the nodes.

Run it after a table has changed; a test compares::

    python -m factory_perception.nodes.parameter_files config/nodes
"""

from __future__ import annotations

from dataclasses import Field, fields
from importlib import import_module
import inspect
from pathlib import Path
import pkgutil
import sys
import textwrap
from typing import Any

import yaml

from factory_perception import nodes
from factory_perception.files import write_atomic
from factory_perception.nodes.parameter_table import default_of, describe, NodeParameters

_WIDTH = 96


def node_tables() -> dict[str, type[NodeParameters]]:
    """Give the parameter table of every executable node of this package, by executable."""
    tables: dict[str, type[NodeParameters]] = {}
    for module in pkgutil.iter_modules(nodes.__path__):
        loaded = import_module(f'{nodes.__name__}.{module.name}')
        if not hasattr(loaded, 'main'):
            continue
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ == loaded.__name__ and 'table' in vars(kind):
                tables[module.name] = vars(kind)['table']
    return tables


def parameter_text(executable: str, table: type[NodeParameters]) -> str:
    """Give the YAML file of one node: every parameter with its default, described in comments."""
    lines = [
        f'# Parameters of the node {executable}, with their defaults. Made from the table in the',
        '# code: copy this file, change the copy, and give it to launch as params_file.',
        '/**:',
        '  ros__parameters:',
    ]
    for item in fields(table):
        lines += [f'    # {line}' for line in textwrap.wrap(_comment(item), _WIDTH)]
        value = yaml.safe_dump(default_of(item), default_flow_style=True, width=1000)
        lines.append(f'    {item.name}: {value.removesuffix(chr(10)).removesuffix("...").strip()}')
    return '\n'.join(lines) + '\n'


def _comment(item: Field[Any]) -> str:
    description = describe(item)
    words = [description.text]
    if description.choices:
        words.append(f'One of {", ".join(choice or repr("") for choice in description.choices)}.')
    if description.low is not None and description.high is not None:
        words.append(f'From {description.low:g} to {description.high:g}.')
    elif description.low is not None:
        words.append(f'At least {description.low:g}.')
    elif description.high is not None:
        words.append(f'At most {description.high:g}.')
    words.append('Can change while the node runs.' if description.live else '')
    return ' '.join(filter(None, words))


def main(arguments: list[str] | None = None) -> int:
    """Write one file a node into the given folder."""
    (folder,) = (Path(word) for word in (sys.argv[1:] if arguments is None else arguments))
    folder.mkdir(parents=True, exist_ok=True)
    for executable, table in node_tables().items():
        write_atomic(folder / f'{executable}.yaml', parameter_text(executable, table).encode())
    return 0


if __name__ == '__main__':
    sys.exit(main())
