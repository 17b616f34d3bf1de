"""Whether a new version takes the place of the one that runs: measured on the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from factory_perception.engines.engine import EngineError
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError, OutdatedModelError
from factory_perception.model_store.store import ModelStore
from factory_perception.training.answers import Answers, collect_answers
from factory_perception.training.comparison import compare, Comparison, signed
from factory_perception.training.data import TrainingData
from factory_perception.training.rivals import Rival, rivals
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.statistics import Interval


@dataclass(frozen=True)
class Decision:
    """Whether a candidate becomes champion, and the sentence that says why.

    Attributes:
        promoted: whether it does.
        reason: why, in words.
        golden: the set that decided.
        golden_sha256: its hash.
        champion: version that held the place; ``None`` where there was none.
        comparison: the figures behind it; ``None`` where the two could not be compared.
        first: whether what needs no training stood in for a champion that runs.
    """

    promoted: bool
    reason: str
    golden: str
    golden_sha256: str
    champion: int | None = None
    comparison: Comparison | None = None
    first: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values for the manifest."""
        return {
            **vars(self),
            'comparison': None if self.comparison is None else self.comparison.as_json(),
        }


def decide(
    store: ModelStore,
    name: str,
    candidate: Answers,
    golden: TrainingData,
    max_drop: float,
) -> Decision:
    """Compare a candidate on the golden set with the present champion, or with simple rivals.

    It is refused when it is surely worse (the 95 % interval of the paired difference lies below
    zero), and also when it looks worse by more than ``max_drop``, surely or not: on little data
    nothing is sure, and what runs has proved itself. Where there is no champion, or one that this
    version of the package cannot run, it must surely be better than all that needs no training.

    Args:
        store: where the champion is.
        name: of the model.
        candidate: answers of the candidate to the golden set.
        golden: the set that decides.
        max_drop: how much worse the candidate may look.
    """
    version = store.champion(name)

    def verdict(
        promoted: bool, reason: str, found: Comparison | None = None, first: bool = False
    ) -> Decision:
        return Decision(promoted, reason, golden.origin, golden.sha256, version, found, first)

    def judge_first(why: str) -> Decision:
        return verdict(*_judge_first(rivals(candidate, golden), why), first=True)

    if version is None:
        return judge_first('there is no champion yet')
    try:
        folder = store.find(f'{name}@{version}')
        present = collect_answers(folder, golden, 'onnxruntime', 'fp32')
        found = compare((folder.label, 'the candidate'), present, candidate)
    except OutdatedModelError as error:
        return judge_first(f'the champion runs no more ({error})')
    except (ModelError, EngineError, SettingsError) as error:
        return verdict(False, f'it cannot be compared with the champion: {error}')
    return verdict(*_judge(found, max_drop), found)


def _judge_first(beside: Sequence[Rival], why: str) -> tuple[bool, str, Comparison]:
    """Judge what would be the first to run; the rival that comes closest to it decides.

    ``why`` says why there is nothing that runs.
    """
    compared = [compare((one.name, 'the candidate'), one.answers, one.candidate) for one in beside]
    found = min(compared, key=lambda one: np.nan_to_num(_difference(one).low, nan=-np.inf))
    gap = f'{found.first}: {_gap(found)}'
    if _difference(found).low > 0:
        return True, f'{why}, and it is better than {gap}', found
    if _difference(found).value > 0:
        mend = f'{found.wanted}; measure on more of them (--validation; of the cell --pictures)'
        return False, f'{why}, but it is not surely better than {gap}{mend}', found
    mend = '; train for longer, or look for wrong labels with factory_perception dataset check'
    return False, f'{why}, but it is no better than {gap}{mend}', found


def _difference(found: Comparison) -> Interval:
    return found.figures[found.metric].difference


def _gap(found: Comparison) -> str:
    return f'{signed(_difference(found))} {found.metric} on {found.units} {found.unit}'


def _judge(found: Comparison, max_drop: float) -> tuple[bool, str]:
    difference, gap = _difference(found), _gap(found)
    if difference.high < 0:
        return False, f'it is worse than {found.first}: {gap}'
    if not difference.value >= -max_drop:
        return False, f'it looks worse than {found.first} by more than {max_drop:g}: {gap}'
    if difference.low > 0:
        return True, f'it is better than {found.first}: {gap}'
    return True, f'it is not worse than {found.first}: {gap}'


def carry_out(store: ModelStore, folder: ModelFolder, decision: Decision) -> str:
    """Promote a published candidate if that was decided; give the line that says what happened.

    Raises:
        ModelError: the published files are not what the manifest says.
    """
    name, version = folder.manifest.name, folder.manifest.version
    by_hand = f'to promote it all the same: factory_perception models promote {folder.label}'
    if not decision.promoted:
        return f'not promoted: {decision.reason}; {by_hand}'
    present = store.champion(name)
    if present not in (decision.champion, version):
        return f'not promoted: {name}@{present} became champion meanwhile; {by_hand}'
    store.promote(name, version)
    return f'promoted, {folder.label} is the champion: {decision.reason}'
