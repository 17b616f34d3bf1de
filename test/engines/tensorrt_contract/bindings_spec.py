"""Print what the imported bindings offer, as JSON: each name, and the signatures of its methods.

Run as a module where ``import tensorrt`` works.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

#: Types are named differently by each release of pybind11 and Python.
_SYNONYMS = {
    r'(typing\.|collections\.abc\.|typing_extensions\.)': '',
    r'\bSupportsInt\b': 'int',
    r'\bBuffer\b': 'buffer',
    r'\bList\[': 'list[',
}
_QUALIFIER = re.compile(r'\b(tensorrt_bindings\.tensorrt|nvinfer1|nvonnxparser)(\.|::)(v_1_0::)?')


def describe(trt: Any) -> dict[str, list[str]]:
    """Give every ``Class.member`` with its signatures; enum members and properties have none."""
    spec: dict[str, list[str]] = {}
    for name in dir(trt):
        if not name.startswith('_'):
            _describe_member(spec, name, getattr(trt, name))
    return spec


def _describe_member(spec: dict[str, list[str]], name: str, value: Any) -> None:
    spec[name] = _signatures(value, name.rpartition('.')[2]) if callable(value) else []
    if inspect.isclass(value):
        for member, inner in vars(value).items():
            if not member.startswith('_') or member == '__init__':
                _describe_member(spec, f'{name}.{member}', inner)


def _signatures(value: Any, name: str) -> list[str]:
    """Read them from the first lines of pybind11's documentation."""
    found = []
    for line in (getattr(value, '__doc__', None) or '').splitlines():
        match = re.match(rf'(?:\d+\. )?{name}(\(.*\)(?: -> .*)?)$', line.strip())
        if match and match.group(1) != '(*args, **kwargs)':
            found.append(_normal(match.group(1)))
    return found


def _normal(signature: str) -> str:
    for word, synonym in _SYNONYMS.items():
        signature = re.sub(word, synonym, signature)
    return _QUALIFIER.sub('', signature)


if __name__ == '__main__':
    import tensorrt

    print(json.dumps({'version': tensorrt.__version__, 'members': describe(tensorrt)}))
