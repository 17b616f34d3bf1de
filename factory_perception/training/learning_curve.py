"""Whether more data would help: the same training on parts of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from factory_perception.files import write_atomic
from factory_perception.training.distributed import join_team
from factory_perception.training.fit import fit
from factory_perception.training.order import Order
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError

SHARES = (0.25, 0.5)
FILE = 'learning_curve.json'


class Share:
    """A part of a set of pictures or recordings, drawn at random; a larger share holds a smaller.

    Everything that it does not know itself it asks of the whole set.
    """

    def __init__(self, data: Any, share: float) -> None:
        self._data = data
        count = max(round(share * len(data)), 1)
        self._places = np.sort(np.random.default_rng(0).permutation(len(data))[:count])
        self.origin = f'{count} of {len(data)}: {data.origin}'

    def __len__(self) -> int:
        return len(self._places)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._data, name)

    def name(self, index: int) -> str:
        """Give the name of a picture or recording."""
        return str(self._data.name(int(self._places[index])))

    def read(self, index: int) -> Any:
        """Read a picture or recording."""
        return self._data.read(int(self._places[index]))


def learning_curve(
    order: Order, start: Callable[[Order], nn.Module], say: Callable[[str], None]
) -> None:
    """Train on shares of the data for as many steps, and keep the best scores in the run folder.

    Args:
        order: of the training that is done.
        start: makes the network that a training begins with.
        say: called with one line about each share.
    """
    whole = _best(order.run)
    rows = [(share, _score(order, share, start, say)) for share in SHARES]
    text = json.dumps([*rows, (1.0, whole)])
    write_atomic(order.run.path / FILE, text.encode() + b'\n')


def require_divisible(order: Order) -> None:
    """Refuse what no learning curve can be made of, before anything is trained.

    Raises:
        SettingsError: the data cannot be divided, or several processes train.
    """
    if order.recipe.task in ('fault', 'telemetry'):
        raise SettingsError('--learning-curve is for pictures and forecasts, not for faults')
    if join_team().size > 1:
        raise SettingsError('--learning-curve is for one process, not for several')


def read_curve(run: Path) -> Sequence[tuple[float, float]]:
    """Give share and score of what was kept in a run folder; nothing where it was not measured."""
    if not (run / FILE).is_file():
        return ()
    return [(float(share), float(score)) for share, score in json.loads((run / FILE).read_text())]


def _score(
    order: Order,
    share: float,
    start: Callable[[Order], nn.Module],
    say: Callable[[str], None],
) -> float:
    how = order.settings.fit
    if order.recipe.task != 'forecast':  # there an epoch is a number of windows, whatever the data
        how = replace(how, epochs=round(how.epochs / share))
    part = replace(
        order,
        recipe=type(order.recipe)(),
        data=Share(order.data, share),
        settings=replace(order.settings, fit=how),
        run=RunFolder(order.run.path / f'share_{round(100 * share)}'),
    )
    network = start(part)
    lesson = part.recipe.lesson(network, part.data, part.validation, part.settings, join_team())
    fit(lesson, how, part.run, lambda step: None)
    score = _best(part.run)
    say(f'learning curve: {len(part.data)} of {len(order.data)} give {score:.3f}')
    return score


def _best(run: RunFolder) -> float:
    return max(float(row['validation'].get('score', float('-inf'))) for row in run.metrics())
