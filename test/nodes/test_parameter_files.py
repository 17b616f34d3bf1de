"""The YAML files of the nodes are those of their tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import yaml

from factory_perception.nodes.parameter_files import main, node_tables, parameter_text
from factory_perception.nodes.parameter_table import NodeParameters, parameter

FOLDER = Path(__file__).resolve().parents[2] / 'config' / 'nodes'
TABLES = node_tables()


@dataclass(frozen=True)
class Lamp(NodeParameters):
    brightness: float = parameter(0.5, 'How bright.', low=0.0, high=1.0, live=True)
    colours: list[str] = parameter([''], 'Which colours.')
    mood: str = parameter('', 'Its mood.', choices=('', 'calm'))
    count: int = parameter(3, 'How many.', low=1)
    label: str = parameter('1: no', 'A text that YAML could take for something else.')


def read(text):
    return yaml.safe_load(text)['/**']['ros__parameters']


def test_values_survive_and_descriptions_are_comments():
    text = parameter_text('lamp', Lamp)
    assert read(text) == asdict(Lamp())
    assert '    # How bright. From 0 to 1. Can change while the node runs.\n' in text
    assert "    # Its mood. One of '', calm.\n" in text
    assert '    # How many. At least 1.\n' in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize('executable', sorted(TABLES))
def test_the_file_of_a_node_is_that_of_its_table(executable):
    made = parameter_text(executable, TABLES[executable])
    assert (FOLDER / f'{executable}.yaml').read_text() == made, (
        'run: python -m factory_perception.nodes.parameter_files config/nodes'
    )


def test_main_writes_one_file_a_node(tmp_path):
    assert main([str(tmp_path / 'new')]) == 0
    assert {path.stem for path in (tmp_path / 'new').iterdir()} == set(TABLES)
