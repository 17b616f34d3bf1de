"""The layout of MVTec AD (Bergmann et al., CVPR 2019): good pictures to learn, all kinds to test.

``train/good``, ``test/good``, ``test/<kind>`` and ``ground_truth/<kind>/<name>_mask.png``.
"""

from __future__ import annotations

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.folder import DataFolder, stem
from factory_perception.training.datasets.masks import FileMask, MaskSource, NoMask
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import Problems

NAME = 'mvtec'
TASKS: tuple[str, ...] = ('anomaly',)
LOOKS_FOR = 'train/good and test/<kind>, with ground_truth/<kind>/<name>_mask.png where known'
#: What a folder of faultless pictures is called.
GOOD = ('good', 'ok', 'normal')
CLASSES = ('good', 'anomalous')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    kinds = [name for name in folder.folders('train') if folder.pictures(f'train/{name}')]
    if len(kinds) != 1 or kinds[0].lower() not in GOOD:
        return None
    tests = [name for name in folder.folders('test') if folder.pictures(f'test/{name}')]
    return f'train/{kinds[0]} alone, test with {", ".join(tests) or "nothing"}'


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """List all pictures; 0 is good, every other kind is 1."""
    records, bare = [], []
    any_mask = bool(folder.pictures('ground_truth'))
    for part in ('train', 'test'):
        for kind in folder.folders(part):
            good = kind.lower() in GOOD
            masks = {stem(name): name for name in folder.pictures(f'ground_truth/{kind}')}
            for picture in folder.pictures(f'{part}/{kind}'):
                ident = stem(picture)
                file = masks.get(f'{ident}_mask') or masks.get(ident)
                source: MaskSource | None = NoMask() if good else None
                if file and not good:
                    source = FileMask(folder.path(file), file)
                elif not good:
                    bare.append(picture)
                inner = picture[len(f'{part}/{kind}/') :]
                records.append(
                    Record(
                        picture,
                        folder.picture(picture),
                        recording_of(inner),
                        part,
                        label=int(not good),
                        mask=source,
                        files=(folder.path(file),) if file else (),
                    )
                )
    if bare:
        text = f'{len(bare)} pictures with a fault have no mask'
        mend = 'add ground_truth/<kind>/<name>_mask.png to measure where faults are found'
        report = problems.warn if any_mask else problems.note
        report('mask-missing', text, mend, bare[0])
    return PictureIndex(task, CLASSES, tuple(records))
