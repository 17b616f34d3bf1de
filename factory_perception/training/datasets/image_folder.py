"""One folder a class: ``<class>/<name>.jpg``, below ``train``, ``val`` and ``test`` or not."""

from __future__ import annotations

from factory_perception.training.datasets import mvtec
from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.part_names import part_of_folder
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import bad, Problems

NAME = 'image_folder'
TASKS: tuple[str, ...] = ('classify', 'anomaly')
LOOKS_FOR = 'one folder of pictures a class, at least two, below train/ and val/ or not'
#: Folders of these names hold something else than a class.
_NO_CLASS = {'images', 'labels', 'annotations', 'masks', 'jpegimages', 'segmentationclass',
             'ground_truth', 'imgs', 'img', 'mask'}  # fmt: skip
_LABEL_FILES = ('.txt', '.xml', '.json', '.csv', '.npz')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    if mvtec.sign(folder) is not None:
        return None
    found = _class_folders(folder)
    names = sorted({name for name, _, _ in found})
    beside = any(name.endswith(_LABEL_FILES) for _, _, base in found for name in folder.under(base))
    enough = len(names) > 1 or any(name.lower() in mvtec.GOOD for name in names)
    if not enough or beside or _NO_CLASS & {name.lower() for name in names}:
        return None
    return f'pictures in {len(names)} folders: {", ".join(names[:8])}'


def _class_folders(folder: DataFolder) -> list[tuple[str, str, str]]:
    """List class name, part and path of every folder of a class."""
    found = []
    for top in folder.folders():
        part = part_of_folder(top)
        if part:
            found += [(name, part, f'{top}/{name}') for name in folder.folders(top)]
        else:
            found.append((top, '', top))
    return [entry for entry in found if folder.pictures(entry[2])]


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """List all pictures; for ``anomaly`` the class ``good``, ``ok`` or ``normal`` is 0."""
    found = _class_folders(folder)
    names = sorted({name for name, _, _ in found})
    good = [name for name in names if name.lower() in mvtec.GOOD]
    if task == 'anomaly' and not good:
        raise bad('classes', f'no folder is called {", ".join(mvtec.GOOD)}', 'rename the good one')
    records = []
    for name, part, base in found:
        label = names.index(name) if task == 'classify' else int(name not in good)
        for picture in folder.pictures(base):
            inner = picture[len(base) + 1 :]
            records.append(
                Record(picture, folder.picture(picture), recording_of(inner), part, label=label)
            )
    used = {record.name for record in records}
    spare = [name for name in folder.pictures() if name not in used]
    if spare:
        text = f'{len(spare)} pictures lie in no folder of a class and are left out'
        problems.warn('label-missing', text, 'move them', spare[0])
    classes = tuple(names) if task == 'classify' else mvtec.CLASSES
    return PictureIndex(task, classes, tuple(records))
