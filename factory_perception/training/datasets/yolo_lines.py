"""One line of a YOLO label file."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.training.datasets.numbers import number, whole
from factory_perception.training.datasets.problems import bad

#: Rounding of programs that write six digits.
_SLACK = 1e-4


@dataclass(frozen=True)
class Thing:
    """One object: class, edges and, where the line has one, the polygon, in shares."""

    class_id: int
    edges: tuple[float, float, float, float]
    points: tuple[float, ...]
    line: int


def read_line(line: int, text: str) -> Thing:
    """Read a line.

    Raises:
        DatasetError: too few or too many values, a class below 0, or a share outside 0..1.
    """
    cells = text.split()
    if len(cells) < 5 or len(cells) % 2 == 0:
        raise bad(
            'columns', f'{len(cells)} values: neither class x y width height nor a polygon',
            'correct the line', line,
        )  # fmt: skip
    class_id = whole(cells[0], 'class', line)
    names = ('x', 'y', 'width', 'height') if len(cells) == 5 else ('x', 'y') * (len(cells) // 2)
    shares = [number(cell, name, line) for name, cell in zip(names, cells[1:])]
    for name, share in zip(names, shares):
        if not -_SLACK <= share <= 1 + _SLACK:
            text = f'{name} is {share:g}, outside 0..1'
            raise bad('box-outside', text, 'give shares of the picture, not pixels', line)
    if class_id < 0:
        raise bad('unknown-class', f'class {class_id}', 'classes count from 0', line)
    if len(cells) == 5:
        x, y, width, height = shares
        edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        return Thing(class_id, edges, (), line)
    xs, ys = shares[0::2], shares[1::2]
    return Thing(class_id, (min(xs), min(ys), max(xs), max(ys)), tuple(shares), line)
