"""The header and the first rows of a part, as presets look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from polku.capture.imports.dialect import joined, names_of


class Table:
    """`columns` are the header's names, `rows` some of the first rows as texts.

    Columns are looked for without regard to case and to white space, and are called as imports call them: `#3` is
    the third where the header leaves it empty, `Name (2)` the second of a name.
    `parts` is the header's second row, where it has one: columns are found by the first and called by both.
    """

    def __init__(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], parts: Sequence[str] = ()
    ) -> None:
        self.header = tuple(column.strip() for column in columns)
        self.columns = names_of(joined([self.header, parts] if parts else [self.header]), decided=True)
        self.rows = rows

    @cached_property
    def _named(self) -> dict[str, int]:
        """Where each name stands. One that stands twice names no column: nobody could say which is meant."""
        names = [_plain(column) for column in self.header]
        counts = Counter(names)
        return {name: place for place, name in enumerate(names) if name and counts[name] == 1}

    def column(self, *spellings: str) -> str | None:
        """The file's own name of the first of these that it has, else None."""
        for spelling in spellings:
            place = self._named.get(_plain(spelling))
            if place is not None:
                return self.columns[place]
        return None

    def those(self, *names: str) -> tuple[str, ...]:
        """The file's own names of those that it has, in the order asked for."""
        return tuple(dict.fromkeys(found for name in names if (found := self.column(name))))

    def cells(self, column: str | None) -> list[str]:
        """The filled cells of a column, in order; none where there is no column."""
        if column is None:
            return []
        place = self.columns.index(column)
        return [text for row in self.rows if place < len(row) and (text := row[place].strip())]

    def filled(self, column: str | None) -> float:
        """The share of the rows that hold something in a column."""
        return len(self.cells(column)) / len(self.rows) if self.rows and column else 0.0


def _plain(name: str) -> str:
    return " ".join(name.replace("\ufeff", "").split()).casefold()
