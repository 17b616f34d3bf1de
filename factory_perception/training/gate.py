"""Which precisions a model may be published in: measured, not hoped for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """Whether a precision is published, and the sentence that says why."""

    precision: str
    kept: bool
    reason: str


def judge(
    precision: str,
    figures: Mapping[str, Any],
    reference: Mapping[str, Any],
    metric: str,
    max_drop: float,
    class_max_drop: float,
) -> Verdict:
    """Compare the figures of a coarser precision with those of fp32 on the same data.

    Args:
        precision: ``fp16`` or ``int8``.
        figures: of the coarser network; hold ``metric`` and ``per_class``.
        reference: of the fp32 network.
        metric: the figure that counts.
        max_drop: how much of it may be lost.
        class_max_drop: how much any single class may lose.
    """
    drop = _value(reference[metric]) - _value(figures[metric])
    if drop > max_drop:
        return Verdict(
            precision,
            False,
            f'{precision} loses {drop:.4f} {metric}, more than the {max_drop:.4f} allowed',
        )
    for name, before in reference['per_class'].items():
        lost = _value(before) - _value(figures['per_class'].get(name))
        if lost > class_max_drop:
            return Verdict(
                precision,
                False,
                f'{precision} loses {lost:.4f} on the class {name}, more than the '
                f'{class_max_drop:.4f} allowed',
            )
    return Verdict(precision, True, f'{precision} loses {max(drop, 0.0):.4f} {metric}')


def _value(figure: float | None) -> float:
    return 0.0 if figure is None else float(figure)
