"""Declare a parameter table on a node and keep the values as a frozen object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, Field, fields
from typing import Any, Generic

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from factory_perception.nodes.parameter_table import (
    build,
    default_of,
    describe,
    ParameterError,
    Table,
)

_UNBOUNDED = 1e300


class Parameters(Generic[Table]):
    """The parameters of a node: declared once from their table, read once, then only when set.

    ``values`` is a frozen object that is exchanged as a whole, so that a thread which holds it sees
    one consistent state.
    """

    def __init__(
        self, node: Node, table: type[Table], changed: Callable[[Table], None] | None = None
    ) -> None:
        """Declare every parameter with description, range and read-only flag.

        Args:
            node: the node that declares them.
            table: the dataclass that describes them.
            changed: called with the new values before live parameters are set; a ValueError or
                OSError refuses them.

        Raises:
            ParameterError: a value from the command line or a file is not allowed.
        """
        self._table = table
        self._changed = changed
        found = {item.name: _declare(node, item) for item in fields(table)}
        self.values: Table = build(table, found)
        node.add_on_set_parameters_callback(self._on_set)

    def _on_set(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        names = {item.name for item in fields(self._table)}
        ours = {item.name: item.value for item in parameters if item.name in names}
        if not ours:
            return SetParametersResult(successful=True)
        try:
            values = build(self._table, {**asdict(self.values), **ours})
            if self._changed is not None:
                self._changed(values)
        except (ValueError, OSError) as error:  # a ParameterError is one, too
            return SetParametersResult(successful=False, reason=str(error))
        self.values = values
        return SetParametersResult(successful=True)


def _declare(node: Node, item: Field[Any]) -> Any:
    try:
        return node.declare_parameter(item.name, default_of(item), _descriptor(item)).value
    except ParameterException as error:
        raise ParameterError(f'parameter {item.name}: {error}') from error


def _descriptor(item: Field[Any]) -> ParameterDescriptor:
    description = describe(item)
    descriptor = ParameterDescriptor(description=description.text, read_only=not description.live)
    if description.choices:
        descriptor.additional_constraints = 'one of: ' + ', '.join(description.choices)
    if description.low is None and description.high is None:
        return descriptor
    default = default_of(item)
    if isinstance(default, float):
        low = -_UNBOUNDED if description.low is None else float(description.low)
        high = _UNBOUNDED if description.high is None else float(description.high)
        descriptor.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    elif isinstance(default, int):
        low_int = -(2**62) if description.low is None else int(description.low)
        high_int = 2**62 if description.high is None else int(description.high)
        descriptor.integer_range = [IntegerRange(from_value=low_int, to_value=high_int, step=1)]
    return descriptor
