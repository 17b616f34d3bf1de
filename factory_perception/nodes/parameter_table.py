"""Parameters of a node as a frozen dataclass: the one place where each is declared and described.

Parameters, reference page and YAML file of a node all come from such a class. No ROS in here::

    @dataclass(frozen=True)
    class LampParameters(NodeParameters):
        brightness: float = parameter(0.5, 'Brightness of the lamp.', low=0.0, high=1.0, live=True)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, Field, field, fields
from typing import Any, cast, TypeVar

Value = bool | int | float | str | list[str] | list[float]
Table = TypeVar('Table', bound='NodeParameters')


class ParameterError(ValueError):
    """A parameter value that makes no sense; the text names the parameter and what it may be."""


@dataclass(frozen=True)
class Description:
    """What is known about one parameter beside its type."""

    text: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    #: Whether it may change while the node runs; all others are read when the node starts.
    live: bool = False


def parameter(
    default: Value,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] = (),
    live: bool = False,
) -> Any:
    """Declare a parameter as a dataclass field."""
    metadata = {'description': Description(text, low, high, tuple(choices), live)}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class NodeParameters:
    """Parameters that every node has."""

    autostart: bool = parameter(
        True, 'Configure and activate at once; false waits for a lifecycle manager.'
    )


def describe(item: Field[Any]) -> Description:
    """Give the description of one field of a parameter table."""
    description: Description = item.metadata['description']
    return description


def default_of(item: Field[Any]) -> Value:
    """Give the default of one field of a parameter table."""
    value: Any = item.default_factory() if callable(item.default_factory) else item.default
    return cast(Value, value)


def build(table: type[Table], values: Mapping[str, Any]) -> Table:
    """Make a parameter object from values by name, checked against the table.

    Raises:
        ParameterError: a value is outside its range or none of its choices.
    """
    for item in fields(table):
        if item.name in values:
            check(item, values[item.name])
    return table(**{item.name: values[item.name] for item in fields(table) if item.name in values})


def check(item: Field[Any], value: Any) -> None:
    """Refuse a value that the table does not allow.

    Raises:
        ParameterError: it is outside the range or none of the choices.
    """
    description = describe(item)
    if description.choices and value not in description.choices:
        raise ParameterError(
            f'{item.name} is "{value}"; it can be {", ".join(description.choices)}'
        )
    for number in value if isinstance(value, list) else [value]:
        if isinstance(number, (str, bool)):
            continue
        too_low = description.low is not None and not number >= description.low
        too_high = description.high is not None and not number <= description.high
        if too_low or too_high:
            raise ParameterError(
                f'{item.name} is {number}; it can be from {description.low} to {description.high}'
            )
