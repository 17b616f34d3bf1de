"""Pascal VOC: one XML file a picture (Everingham et al., IJCV 2010).

VOC counts pixels from 1 and both ends of a box belong to it, so a box from 1 to 200 fills a picture
of 200 pixels and becomes the edges 0 and 200.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.box_labels import box_labels
from factory_perception.training.datasets.class_names import class_list
from factory_perception.training.datasets.folder import DataFolder, is_picture, parent, stem
from factory_perception.training.datasets.numbers import number
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.safe_xml import Element, read_xml

NAME = 'voc'
TASKS: tuple[str, ...] = ('detect',)
LOOKS_FOR = 'annotations/<name>.xml (Pascal VOC) and images/<name>.jpg'
_EDGES = ('xmin', 'ymin', 'xmax', 'ymax')


@dataclass(frozen=True)
class _Annotation:
    """What one XML file says: rows of edges, class name and line."""

    file: str
    picture: str
    size_wh: tuple[int, int] | None
    rows: tuple[tuple[list[float], str, int], ...]


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = _files(folder)
    for file in files[:5]:
        if b'<annotation' in folder.path(file).read_bytes()[:2000]:
            return f'{len(files)} XML files that begin with <annotation>'
    return None


def _files(folder: DataFolder) -> list[str]:
    return [name for name in folder.files if name.lower().endswith('.xml')]


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """Read all annotations; classes are those of classes.txt, or all names found, sorted."""
    pictures = _Pictures(folder)
    found = []
    for file in _files(folder):
        try:
            found.append(_annotation(folder, file, pictures))
        except DatasetError as error:
            problems.caught(error, file, record=file)
    listed = class_list(folder)
    names = {name for annotation in found for _, name, _ in annotation.rows}
    classes = listed[1] if listed else tuple(sorted(names))
    records = []
    for annotation in found:
        try:
            records.append(_record(folder, annotation, classes))
        except DatasetError as error:
            problems.caught(error, annotation.file, record=annotation.picture)
    used = {annotation.picture for annotation in found}
    spare = [name for name in folder.pictures() if name not in used]
    if spare:
        text = f'{len(spare)} pictures have no XML file and are left out'
        problems.warn('label-missing', text, 'add one with no object if they show none', spare[0])
    files = (folder.path(listed[0]),) if listed else ()
    return PictureIndex(task, classes, tuple(records), files=files)


class _Pictures:
    """Finds the picture of an annotation by the name of its file, else by its ``filename``."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._by_stem: dict[str, list[str]] = {}
        for name in folder.pictures():
            self._by_stem.setdefault(stem(name), []).append(name)

    def of(self, file: str, stated: str) -> str:
        """Give the picture of an annotation file.

        Raises:
            DatasetError: there is none, or there are several.
        """
        names = self._by_stem.get(stem(file), [])
        if not names and stated:
            exact = self._folder.find(stated, parent(file), '', 'images', 'JPEGImages')
            names = [exact] if exact else self._by_stem.get(stem(stated), [])
        near = [name for name in names if part_of_path(parent(name)) == part_of_path(parent(file))]
        names = near or names
        if not names:
            text = f'has no picture {stem(file)} ({stated or "no filename is given"})'
            raise bad('picture-missing', text, 'add the picture or remove the file')
        if len(names) > 1:
            text = f'could be of {names[0]} or {names[1]}'
            raise bad('picture-missing', text, 'give pictures different names')
        return names[0]


def _annotation(folder: DataFolder, file: str, pictures: _Pictures) -> _Annotation:
    root = read_xml(folder.path(file).read_bytes())
    if root.tag != 'annotation':
        raise bad('xml', f'begins with <{root.tag[:40]}>, not <annotation>', 'remove it', root.line)
    stated = root.text_of('filename')
    picture = pictures.of(file, stated if is_picture(stated) else '')
    size = root.child('size')
    width, height = (
        int(number(size.text_of(name) or 0, name, size.line)) if size else 0
        for name in ('width', 'height')
    )
    rows = tuple(_row(thing) for thing in root.children if thing.tag == 'object')
    return _Annotation(file, picture, (width, height) if width and height else None, rows)


def _row(thing: Element) -> tuple[list[float], str, int]:
    name, box = thing.text_of('name'), thing.child('bndbox')
    if not name:
        raise bad('unknown-class', 'an object without a name', 'name its class', thing.line)
    if box is None:
        raise bad('columns', f'{name} has no <bndbox>', 'add its box or remove it', thing.line)
    edges = [number(box.text_of(edge), edge, box.line) for edge in _EDGES]
    return [edges[0] - 1, edges[1] - 1, edges[2], edges[3]], name, box.line


def _record(folder: DataFolder, annotation: _Annotation, classes: Sequence[str]) -> Record:
    for _, name, line in annotation.rows:
        if name not in classes:
            mend = f'correct it, or add it to the list of classes ({", ".join(classes)})'
            raise bad('unknown-class', f'"{name[:60]}" is no class', mend, line)
    rows = [(edges, classes.index(name), line) for edges, name, line in annotation.rows]
    name = annotation.picture
    return Record(
        name,
        folder.picture(name),
        recording_of(name),
        part_of_path(parent(name)) or part_of_path(parent(annotation.file)),
        box_labels(annotation.file, rows),
        files=(folder.path(annotation.file),),
        stated_wh=annotation.size_wh,
    )
