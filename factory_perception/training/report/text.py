"""Words and numbers as they appear on a page; names from data sets are not to be trusted."""

from __future__ import annotations

import html
import math
import unicodedata

#: Control characters, marks that turn the direction of writing, halves of characters.
_UNWANTED = ('Cc', 'Cf', 'Cs', 'Co', 'Cn')


def clean(text: object) -> str:
    """Replace what a page cannot show, or what makes it show something else than is written."""
    return ''.join(
        '�' if unicodedata.category(one) in _UNWANTED else one
        for one in str(text).replace('\n', ' ').replace('\t', ' ')
    )


def escaped(text: object) -> str:
    """Give a text as HTML that shows exactly it, in an element as well as in an attribute."""
    return html.escape(clean(text), quote=True)


def shortened(text: str, most: int) -> str:
    """Cut a long name in its middle: what tells names apart is at both ends."""
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f'{text[:head]}…{text[head + 1 - most :]}'


def number(value: object, digits: int = 3) -> str:
    """Give a value for a table: whole numbers in full, others rounded, nothing as a dash."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return '–'
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int):
        return f'{value:,}'.replace(',', '\u202f')
    return f'{value:.{digits}f}'


def percent(share: float) -> str:
    """Give a share as people say it; more digits only near the ends."""
    if not math.isfinite(share):
        return '–'
    value = 100 * share
    return f'{value:.1f} %' if 0 < value < 10 or 90 < value < 100 else f'{value:.0f} %'


def listed(names: list[str], most: int = 5) -> str:
    """Join names for a sentence: ``a, b and c``; of many the first few and how many more."""
    if len(names) > most:
        return f'{", ".join(names[:most])} and {len(names) - most} more'
    return ' and '.join(filter(None, [', '.join(names[:-1]), *names[-1:]]))


def counted(count: int, one: str, many: str = '') -> str:
    """Give a number with its noun: ``1 picture``, ``2 pictures``."""
    return f'{number(count)} {one if count == 1 else many or one + "s"}'


def size(count: int) -> str:
    """Give a number of bytes."""
    return f'{count / 1e6:.2f} MB' if count >= 1e5 else f'{count / 1e3:.1f} kB'
