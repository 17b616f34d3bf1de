"""Parameter tables without ROS."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from factory_perception.nodes.parameter_table import (
    build,
    default_of,
    describe,
    NodeParameters,
    parameter,
    ParameterError,
)


@dataclass(frozen=True)
class Lamp(NodeParameters):
    brightness: float = parameter(0.5, 'Brightness.', low=0.0, high=1.0, live=True)
    colour: str = parameter('red', 'Colour.', choices=('red', 'green'))
    zones: list[float] = parameter([1.0, 2.0], 'Zones.', low=0.0)


def test_defaults_and_descriptions_come_from_one_place():
    lamp = build(Lamp, {})
    assert lamp == Lamp(True, 0.5, 'red', [1.0, 2.0])
    item = {field.name: field for field in fields(Lamp)}['brightness']
    assert default_of(item) == 0.5 and describe(item).live and describe(item).high == 1.0
    lamp.zones.append(3.0)
    assert Lamp().zones == [1.0, 2.0]  # a list of its own for each


@pytest.mark.parametrize('values, text', [
    ({'brightness': 1.1}, 'brightness is 1.1; it can be from 0.0 to 1.0'),
    ({'brightness': float('nan')}, 'brightness is nan'),
    ({'colour': 'blue'}, 'colour is "blue"; it can be red, green'),
    ({'zones': [0.0, -1.0]}, 'zones is -1.0'),
])  # fmt: skip
def test_refuses_what_the_table_does_not_allow(values, text):
    with pytest.raises(ParameterError, match=text):
        build(Lamp, values)
