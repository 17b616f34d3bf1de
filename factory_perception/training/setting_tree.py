"""A tree of settings: dataclasses whose fields say what they mean and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass, replace
import difflib
from typing import Any, get_args, get_origin, get_type_hints, TypeVar

Settings = TypeVar('Settings')


class SettingsError(ValueError):
    """A key that does not exist or a value that makes no sense; the text names it and the mend."""


def setting(default: Any, text: str, **limits: Any) -> Any:
    """Declare a setting as a dataclass field; limits are ``low``, ``high`` and ``choices``."""
    return field(default=default, metadata={'text': text, **limits})


def merge(settings: Settings, changes: object, origin: str, path: str = '') -> Settings:
    """Give settings with some keys changed.

    Raises:
        SettingsError: an unknown key or a value that is not allowed.
    """
    if not isinstance(changes, Mapping):
        raise SettingsError(f'{origin}: {path or "the top level"} must hold keys, not {changes!r}')
    known = {item.name: item for item in fields(settings)}  # type: ignore[arg-type]
    values = {}
    for key, value in changes.items():
        dotted = f'{path}.{key}' if path else str(key)
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f'; did you mean {near[0]}?' if near else f'; there are {", ".join(known)}'
            raise SettingsError(f'{origin}: there is no setting {dotted}{hint}')
        current = getattr(settings, key)
        if is_dataclass(current):
            values[key] = merge(current, value, origin, dotted)
        else:
            kind = get_type_hints(type(settings))[key]
            values[key] = _check(kind, value, known[key].metadata, f'{origin}: {dotted}')
    return replace(settings, **values)  # type: ignore[type-var]


def differences(before: object, after: object, path: str = '') -> list[str]:
    """Name the settings that are not as before, with both values."""
    found = []
    for item in fields(after):  # type: ignore[arg-type]
        old, new = getattr(before, item.name), getattr(after, item.name)
        if is_dataclass(new):
            found += differences(old, new, f'{path}{item.name}.')
        elif old != new:
            found.append(f'{path}{item.name} was {old!r} and is {new!r}')
    return found


def _check(kind: Any, value: Any, limits: Mapping[str, Any], name: str) -> Any:
    value = _convert(kind, value, name)
    choices = limits.get('choices', ())
    if choices and value not in choices:
        raise SettingsError(f'{name} is {value!r}; it can be {", ".join(map(str, choices))}')
    low, high = limits.get('low'), limits.get('high')
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        top = '' if high is None else f' to {high}'
        raise SettingsError(f'{name} is {value}; it can be from {low}{top}')
    return value


def _convert(kind: Any, value: Any, name: str) -> Any:
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        if not isinstance(value, (list, tuple)) or len(value) != len(parts):
            raise SettingsError(f'{name} must be a list of {len(parts)} values, not {value!r}')
        return tuple(_convert(part, item, name) for part, item in zip(parts, value))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise SettingsError(f'{name} must be {kind.__name__}, not {value!r}')
    return value
