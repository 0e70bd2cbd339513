"""The header and the first rows of a part, as presets look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property


class Table:
    """`columns` are the header's names, `rows` some of the first rows as texts. Names are compared without regard to
    case and to white space at their ends; what is given back is the name as it stands in the file."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.columns = tuple(columns)
        self.rows = rows

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each name stands. One that stands twice names no column: nobody could say which is meant."""
        plain = [_plain(column) for column in self.columns]
        counts = Counter(plain)
        return {name: place for place, name in enumerate(plain) if name and counts[name] == 1}

    def column(self, *spellings: str) -> str | None:
        """The file's own name of the first of these that it has, else None."""
        for spelling in spellings:
            place = self._places.get(_plain(spelling))
            if place is not None:
                return self.columns[place].strip()
        return None

    def those(self, *names: str) -> tuple[str, ...]:
        """The file's own names of those that it has, in the order asked for."""
        return tuple(found for name in names if (found := self.column(name)))

    def cells(self, column: str | None) -> list[str]:
        """The filled cells of a column, in order; none where there is no column."""
        place = self._places.get(_plain(column)) if column else None
        if place is None:
            return []
        return [text for row in self.rows if place < len(row) and (text := row[place].strip())]

    def fullest(self, *spellings: str) -> str | None:
        """Of the columns there are, the one that is filled most often; of equals the first named."""
        found = self.those(*spellings)
        return max(found, key=lambda column: len(self.cells(column)), default=None)


def _plain(name: str) -> str:
    return " ".join(name.replace("\ufeff", "").split()).casefold()
