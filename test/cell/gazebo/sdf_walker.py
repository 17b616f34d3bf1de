"""Check an SDF file against sdformat's own description of the format, element by element.

``ign sdf -k`` calls a file valid whose elements it does not know. The descriptions that sdformat is
made from (Debian: package sdformat-sdf) list every element and attribute with its type.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

#: Numbers that a value of a type has; None for any.
_COUNTS = {
    'double': (1,), 'float': (1,), 'int': (1,), 'unsigned int': (1,), 'vector3': (3,),
    'vector2d': (2,), 'vector2i': (2,), 'quaternion': (4,), 'color': (3, 4), 'pose': (6, 7),
}  # fmt: skip


class Walker:
    """Knows one version of the format; ``extra`` elements are allowed everywhere."""

    def __init__(self, folder: Path, extra: frozenset[str] = frozenset()) -> None:
        self._folder, self._extra = folder, extra
        self._loaded: dict[str, ElementTree.Element] = {}

    def errors(self, root: ElementTree.Element) -> list[str]:
        """List everything that the format does not allow."""
        found: list[str] = []
        self._walk(root, self._load('root.sdf'), root.tag, found)
        return found

    def _load(self, name: str) -> ElementTree.Element:
        if name not in self._loaded:
            self._loaded[name] = ElementTree.parse(self._folder / name).getroot()
        return self._loaded[name]

    def _children(self, spec: ElementTree.Element) -> dict[str, ElementTree.Element]:
        children = {}
        for child in spec:
            if child.tag == 'element' and child.get('ref'):
                children[child.get('ref')] = self._load(f'{child.get("ref")}.sdf')
            elif child.tag == 'element' and child.get('name'):
                children[child.get('name')] = child
            elif child.tag == 'include' and (self._folder / child.get('filename')).is_file():
                loaded = self._load(child.get('filename'))
                children[loaded.get('name')] = loaded
        return children

    def _walk(self, node, spec, path: str, found: list[str]) -> None:
        found += _attribute_errors(node, spec, path)
        if not len(node) and spec.get('type') and not fits(spec.get('type'), node.text):
            found.append(f'{path}: "{node.text}" is no {spec.get("type")}')
        if any(child.get('copy_data') == 'true' for child in spec):
            return  # whatever a plugin wants
        children = self._children(spec)
        for child in node:
            if child.tag in self._extra:
                continue
            if child.tag not in children:
                found.append(f'{path} has an unknown element {child.tag}')
            else:
                self._walk(child, children[child.tag], f'{path}/{child.tag}', found)


def _attribute_errors(node, spec, path: str) -> list[str]:
    known = {item.get('name'): item for item in spec if item.tag == 'attribute'}
    errors = [f'{path} has an unknown attribute {name}' for name in set(node.attrib) - set(known)]
    for name, item in known.items():
        value = node.get(name)
        if value is None and item.get('required') == '1':
            errors.append(f'{path} lacks the attribute {name}')
        elif value is not None and not fits(item.get('type'), value):
            errors.append(f'{path}: {name}="{value}" is no {item.get("type")}')
    return errors


def fits(kind: str | None, text: str | None) -> bool:
    """Say whether a text is a value of a type of sdformat."""
    words = (text or '').split()
    if kind == 'bool':
        return len(words) == 1 and words[0].lower() in ('0', '1', 'true', 'false')
    if kind not in _COUNTS:
        return True
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return False
    return len(numbers) in _COUNTS[kind] or (kind == 'pose' and not numbers)
