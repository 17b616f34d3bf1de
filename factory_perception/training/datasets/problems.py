"""What is wrong with a data set: each problem with its file, its line and its mend."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

#: What an error, a warning and a note mean: do not train, look at it, know it.
SEVERITIES = ('error', 'warning', 'note')


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth knowing.

    Attributes:
        kind: short key for programs, ``box-outside``.
        text: what is wrong.
        mend: what to do about it; may be empty in a note.
        file: name below the data folder; empty when it is about the whole set.
        line: counted from 1, where the file has lines.
        severity: one of ``SEVERITIES``.
        record: name of the picture or recording that cannot be used because of it.
    """

    kind: str
    text: str
    mend: str = ''
    file: str = ''
    line: int | None = None
    severity: str = 'error'
    record: str = ''

    def describe(self, root: Path | None = None) -> str:
        """Give it as one sentence; with ``root`` the file is named by its whole path."""
        place = str(root / self.file) if root is not None else self.file
        if place and self.line is not None:
            place += f' line {self.line}'
        return (f'{place}: ' if place else '') + self.text + (f'; {self.mend}' if self.mend else '')

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


class DatasetError(ValueError):
    """A data set that cannot be read; the text names file, line and mend."""

    def __init__(self, problem: Problem, root: Path | None = None) -> None:
        super().__init__(problem.describe(root))
        self.problem, self._root = problem, root

    def __reduce__(self) -> tuple[Any, ...]:
        """Let processes that load data hand it to the one that learns."""
        return DatasetError, (self.problem, self._root)

    def within(self, file: str) -> DatasetError:
        """Give the same error with its file, where it did not know it."""
        return DatasetError(replace(self.problem, file=self.problem.file or file))


def bad(kind: str, text: str, mend: str, line: int | None = None) -> DatasetError:
    """Make the error for something unreadable; whoever knows the file adds it."""
    return DatasetError(Problem(kind, text, mend, line=line))


class Problems:
    """Gathers what is found while a data set is read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Take down a problem."""
        self.found.append(problem)

    def caught(self, error: DatasetError, file: str, record: str = '') -> None:
        """Take down an error that was raised without knowing its file."""
        self.add(replace(error.within(file).problem, record=record))

    def warn(self, kind: str, text: str, mend: str = '', file: str = '') -> None:
        """Take down a warning."""
        self.add(Problem(kind, text, mend, file, severity='warning'))

    def note(self, kind: str, text: str, mend: str = '', file: str = '') -> None:
        """Take down a note."""
        self.add(Problem(kind, text, mend, file, severity='note'))

    @property
    def errors(self) -> list[Problem]:
        """Give the errors among them."""
        return [problem for problem in self.found if problem.severity == 'error']

    def raise_errors(self, root: Path) -> None:
        """Raise the first error, and say how many more there are.

        Raises:
            DatasetError: there is at least one error.
        """
        errors = self.errors
        if not errors:
            return
        first = replace(errors[0], file=str(root / errors[0].file))
        more = f' ({len(errors) - 1} more errors)' if len(errors) > 1 else ''
        advice = f'factory_perception dataset check {root} lists everything'
        if any(problem.record for problem in errors):
            advice += ', --skip-bad leaves bad entries out'
        mend = f'{first.mend}{more}; {advice}' if first.mend else f'{advice}{more}'
        raise DatasetError(replace(first, mend=mend))
