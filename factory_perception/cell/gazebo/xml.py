"""Build XML documents from nested elements."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree  # it only writes here; nothing from outside is parsed

Node = ElementTree.Element
Value = str | float | Iterable[float]


def element(tag: str, *children: Node | Value, **attributes: object) -> Node:
    """Make an element.

    Args:
        tag: its name.
        children: elements, or one value: text, a number, or numbers with spaces between.
        attributes: what stands in the tag; numbers are written as in ``numbers``.
    """
    node = ElementTree.Element(tag, {name: numbers(value) for name, value in attributes.items()})
    for child in children:
        if isinstance(child, ElementTree.Element):
            node.append(child)
        else:
            node.text = numbers(child)
    return node


def numbers(value: object) -> str:
    """Write a text as it is, a number in ten digits, several of them with spaces between."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Iterable):
        return ' '.join(map(numbers, value))
    assert isinstance(value, (int, float)), value
    return '0' if abs(value) < 1e-12 else f'{value:.10g}'


def document(root: Node, comment: str) -> bytes:
    """Give the file: declaration, one comment, the indented tree."""
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding='unicode')
    return f'<?xml version="1.0"?>\n<!-- {comment} -->\n{text}\n'.encode()
