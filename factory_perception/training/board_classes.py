"""The classes that a data set of bare circuit boards must have for what is done to its pictures."""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.training.board_shapes import KINDS
from factory_perception.training.setting_tree import SettingsError


def require_board_classes(classes: Sequence[str]) -> None:
    """Check that every kind of shape has a class.

    Raises:
        SettingsError: it has not.
    """
    missing = sorted(set(KINDS) - set(classes))
    if missing:
        raise SettingsError(
            'augment.board_defects, board_negatives and board_styles are for boards with the '
            f'classes {", ".join(KINDS)}; this data set does not know {", ".join(missing)}'
        )
