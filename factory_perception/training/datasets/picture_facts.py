"""What can be said about a picture without its labels, worked out once and kept in a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.files import sha256_of
from factory_perception.training.datasets.file_cache import FileCache
from factory_perception.training.datasets.perceptual_hash import perceptual_hash
from factory_perception.training.datasets.picture_set import Record, wrong_size
from factory_perception.training.datasets.pixels import (
    decode,
    has_alpha,
    PictureFile,
    Pixels,
    to_grey,
)
from factory_perception.training.datasets.problems import DatasetError, Problem

_THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class PictureFacts:
    """Facts about one picture.

    Attributes:
        size_wh: in pixels.
        bits: 8 or 16 a channel.
        grey: whether all channels are equal, or there is only one.
        alpha: whether an alpha channel was dropped.
        peak: the largest value.
        hash64: perceptual hash.
        content: hash of the decoded values: equal for equal pictures, however they are stored.
        broken: why it cannot be read, else ``''``; everything else is 0 then.
        mend: what to do about that.
    """

    size_wh: tuple[int, int] = (0, 0)
    bits: int = 0
    grey: bool = False
    alpha: bool = False
    peak: int = 0
    hash64: int = 0
    content: str = ''
    broken: str = ''
    mend: str = ''


#: Caches of other facts than these are not used.
_KIND = 'picture-' + sha256_of(','.join(PictureFacts.__dataclass_fields__).encode())[:8]


def facts_of(pixels: NDArray[Any], alpha: bool = False) -> PictureFacts:
    """Look at a picture as ``pixels.decode`` gives it."""
    grey = pixels.ndim == 2 or bool(
        (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    )
    size = pixels.shape[1], pixels.shape[0]
    bits = pixels.dtype.itemsize * 8
    content = sha256_of(str(pixels.shape).encode() + pixels.tobytes())[:32]
    small = perceptual_hash(to_grey(pixels))
    return PictureFacts(size, bits, grey, alpha, int(pixels.max()), small, content)


def _examine(data: bytes) -> dict[str, Any]:
    try:
        return asdict(facts_of(decode(data), has_alpha(data)))
    except DatasetError as error:
        return asdict(PictureFacts(broken=error.problem.text, mend=error.problem.mend))


def picture_facts(root: Path, pictures: Sequence[Pixels]) -> list[PictureFacts]:
    """Give the facts about some pictures below a data folder, in their order."""

    def one(pixels: Pixels) -> PictureFacts:
        if not isinstance(pixels, PictureFile):
            return facts_of(pixels.load())
        known = cache.get(pixels.path, _examine)
        return PictureFacts(**{**known, 'size_wh': tuple(known['size_wh'])})

    with FileCache(root, _KIND) as cache, ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(one, pictures))


@dataclass(frozen=True)
class Checked:
    """What was learnt by reading everything about a picture; ``mask_ids`` are the classes seen."""

    facts: PictureFacts
    mask_ids: tuple[int, ...] = ()


def check_records(root: Path, records: Sequence[Record]) -> tuple[list[Checked], list[Problem]]:
    """Read every picture, mask and template once: what ``PictureSet.read`` would stumble over.

    Returns:
        What was learnt about every picture, and the problems; those with a ``record`` make it
        unusable.
    """
    facts = picture_facts(root, [record.pixels for record in records])
    templates = list(dict.fromkeys(one.template for one in records if one.template is not None))
    of_template = dict(zip(templates, picture_facts(root, templates)))
    checked, problems = [], []
    for record, fact in zip(records, facts):
        found = _check(record, fact, of_template)
        ids: tuple[int, ...] = ()
        if record.mask is not None and not fact.broken:
            try:
                mask = record.mask.load(fact.size_wh)
                ids = tuple(np.flatnonzero(np.bincount(mask.ravel())).tolist())
            except DatasetError as error:
                found.append(error.problem)
        checked.append(Checked(fact, ids))
        for problem in found:
            unusable = record.name if problem.severity == 'error' else ''
            problems.append(replace(problem, file=problem.file or record.name, record=unusable))
    return checked, problems


def _check(
    record: Record, fact: PictureFacts, templates: Mapping[PictureFile, PictureFacts]
) -> list[Problem]:
    if fact.broken:
        return [Problem('picture', fact.broken, fact.mend)]
    found = []
    if record.stated_wh not in (None, fact.size_wh):
        found.append(wrong_size(record, fact.size_wh))
    elif record.boxes is not None:
        found += record.boxes.outside(fact.size_wh)
    if record.template is not None:
        other = templates[record.template]
        if other.broken:
            found.append(Problem('template', other.broken, other.mend, record.template.name))
        elif other.size_wh != fact.size_wh:
            text = f'a template of {other.size_wh[0]} x {other.size_wh[1]} for a picture of '
            text += f'{fact.size_wh[0]} x {fact.size_wh[1]}'
            mend = 'cut both to the same part'
            found.append(Problem('template-size', text, mend, record.template.name))
    return found
