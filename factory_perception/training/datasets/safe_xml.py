"""XML without the parts that can harm: a document type, and with it every entity, is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from factory_perception.training.datasets.problems import bad

MAX_BYTES = 8 * 1024 * 1024
_MAX_DEPTH = 50


@dataclass
class Element:
    """One element with the line it begins in."""

    tag: str
    line: int
    text: str = ''
    children: list[Element] = field(default_factory=list)

    def child(self, tag: str) -> Element | None:
        """Give the first child of a name."""
        return next((child for child in self.children if child.tag == tag), None)

    def text_of(self, tag: str) -> str:
        """Give the text of the first child of a name; empty when there is none."""
        child = self.child(tag)
        return child.text.strip() if child else ''


def read_xml(data: bytes) -> Element:
    """Parse a small XML file.

    Raises:
        DatasetError: it is broken, declares a document type, or is too large or too deep.
    """
    if len(data) > MAX_BYTES:
        raise bad('xml', f'{len(data)} bytes are too many for a label file', 'remove it')
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Element('', 0)
    path = [top]

    def start(tag: str, _: Any) -> None:
        if len(path) > _MAX_DEPTH:
            raise bad('xml', 'elements are nested too deeply', 'remove the file', line())
        element = Element(tag, line())
        path[-1].children.append(element)
        path.append(element)

    def end(_: str) -> None:
        path.pop()

    def text(characters: str) -> None:
        path[-1].text += characters

    def doctype(*_: Any) -> None:
        raise bad('xml', 'declares a document type (<!DOCTYPE>), which is refused',
                  'remove the declaration', line())  # fmt: skip

    def line() -> int:
        return parser.CurrentLineNumber

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise bad('xml', f'is broken XML: {reason}', 'write it again', error.lineno) from error
    return top.children[0]
