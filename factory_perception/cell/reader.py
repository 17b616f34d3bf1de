"""Read plain YAML values into frozen dataclasses; every complaint names the key and the mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass, MISSING
import difflib
import math
import typing
from typing import Any, get_args, get_origin, TypeVar

Record = TypeVar('Record')


class CellConfigError(ValueError):
    """A cell configuration that cannot be used; the text names the key and the mend."""


def limits(least: float, most: float, rising: bool = False) -> dict[str, float]:
    """Give the metadata of a field: the range of its number or numbers, ends included.

    Args:
        least: the smallest value that is taken.
        most: the largest.
        rising: of two numbers the first may not be above the second.
    """
    return {'least': least, 'most': most, 'rising': rising}


def build(record: type[Record], content: object, place: str) -> Record:
    """Make a dataclass from a mapping, and the dataclasses inside it.

    A field's ``metadata`` may hold the ``limits`` of its number or numbers.

    Args:
        record: the dataclass; its annotations are ``bool``, ``int``, ``float``, ``str``, other
            dataclasses, or tuples of these (``tuple[float, float]``, ``tuple[Light, ...]``).
        content: what YAML gave for it.
        place: the name of this part in error messages, such as ``cell.yaml: belt``.

    Raises:
        CellConfigError: a key is missing, unknown, of the wrong type or outside its range.
    """
    if not isinstance(content, Mapping):
        raise CellConfigError(f'{place} is {_show(content)}: write it as a block of "key: value"')
    known = {spec.name: spec for spec in fields(record)}  # type: ignore[arg-type]
    for key in content:
        if key not in known:
            raise CellConfigError(f'{place}.{key} is no known key: {_nearest(str(key), known)}')
    hints = typing.get_type_hints(record)
    values = {}
    for name, spec in known.items():
        where = f'{place}.{name}'
        if name in content:
            values[name] = _convert(hints[name], content[name], where, spec)
        elif spec.default is MISSING and spec.default_factory is MISSING:
            raise CellConfigError(f'{where} is missing: add it, {_wanted(hints[name], spec)}')
    try:
        return record(**values)
    except CellConfigError as error:
        raise CellConfigError(f'{place}: {error}') from error


def _convert(kind: Any, value: object, place: str, spec: Field[Any]) -> Any:
    if is_dataclass(kind):
        return build(kind, value, place)  # type: ignore[arg-type]
    if get_origin(kind) is tuple:
        return _convert_tuple(get_args(kind), value, place, spec)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CellConfigError(f'{place} is {_show(value)}: write {_wanted(kind, spec)}')
    least, most = spec.metadata.get('least', -math.inf), spec.metadata.get('most', math.inf)
    # Written so that NaN is refused too.
    if isinstance(value, (int, float)) and not (math.isfinite(value) and least <= value <= most):
        raise CellConfigError(f'{place} is {value:g}: write {_wanted(kind, spec)}')
    return value


def _convert_tuple(kinds: tuple[Any, ...], value: object, place: str, spec: Field[Any]) -> Any:
    if not isinstance(value, (list, tuple)):
        raise CellConfigError(f'{place} is {_show(value)}: write a list such as [1, 2]')
    if kinds[-1] is not Ellipsis and len(value) != len(kinds):
        raise CellConfigError(f'{place} has {len(value)} values: write {len(kinds)}')
    repeated = (kinds[0],) * len(value) if kinds[-1] is Ellipsis else kinds
    values = tuple(
        _convert(kind, item, f'{place}[{index}]', spec)
        for index, (kind, item) in enumerate(zip(repeated, value))
    )
    if spec.metadata.get('rising') and values[0] > values[1]:
        raise CellConfigError(f'{place} is {list(value)}: put the smaller first')
    return values


def _wanted(kind: Any, spec: Field[Any]) -> str:
    names = {float: 'a number', int: 'a whole number', str: 'a text', bool: 'true or false'}
    text = names.get(kind, 'a list' if get_origin(kind) is tuple else 'a block')
    if 'least' not in spec.metadata:
        return text
    return f'{text} from {spec.metadata["least"]:g} to {spec.metadata["most"]:g}'


def _nearest(key: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(key, known, 1)
    if close:
        return f'did you mean {close[0]}?'
    return f'take it out; known are {", ".join(known)}'


def _show(value: object) -> str:
    return 'empty' if value is None else f'{type(value).__name__} {value!r}'[:60]
