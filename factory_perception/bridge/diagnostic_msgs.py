"""Health reports as ``diagnostic_msgs`` (REP-107): named statuses with plain text values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue


class Level(IntEnum):
    """Levels of REP-107. ``STALE`` is set by aggregators, never published by a node of ours."""

    OK = 0
    WARN = 1
    ERROR = 2
    STALE = 3


@dataclass(frozen=True)
class Status:
    """One line of a health report: what, how it is, one sentence, and values for whoever looks."""

    part: str
    level: Level
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    hardware_id: str = ''


def write_diagnostics(node_name: str, statuses: Sequence[Status], stamp: Time) -> DiagnosticArray:
    """Give statuses as a message; each is named ``node: part`` as REP-107 asks."""
    message = DiagnosticArray()
    message.header.stamp = stamp
    for status in statuses:
        message.status.append(
            DiagnosticStatus(
                level=bytes([status.level]),
                name=f'{node_name}: {status.part}',
                message=status.message,
                hardware_id=status.hardware_id,
                values=[
                    KeyValue(key=key, value=_text(value)) for key, value in status.values.items()
                ],
            )
        )
    return message


def read_level(status: DiagnosticStatus) -> Level:
    """Give the level of a status; rclpy carries it as one byte."""
    return Level(status.level[0])


def read_values(status: DiagnosticStatus) -> dict[str, str]:
    """Give the values of a status by key."""
    return {pair.key: pair.value for pair in status.values}


def _text(value: object) -> str:
    return f'{value:.6g}' if isinstance(value, float) else str(value)
