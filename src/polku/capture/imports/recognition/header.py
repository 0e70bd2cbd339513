"""Where the table begins and ends within its part: the header row below titles, totals and notes below the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from polku.capture.imports.recognition.cells import Look, look_of
from polku.capture.imports.recognition.words import knows

_TYPED: frozenset[Look] = frozenset(("date", "number", "email", "url", "code"))
_HIGHEST = 40
"""Rows within which a header must stand."""
_SETTLED_BY = 60
_LONGEST_NAME = 300  # characters; survey tools write whole questions into headers
_TOTAL = re.compile(
    r"\W*(?:(?:kaikki )?yhteens\S{1,2}|loppusumma|välisumma|kokonaissumma|summa|keskiarvo|lukumäärä|rivejä|"
    r"grand total|sub-?total|totals?|sum|average|mean|count|summary|yht)(?!\w).{0,40}",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Header:
    """`row` is the place of the header among the sampled rows, None where none was found; `others` are all rows that
    could be it, where that is not sure. `fit` is the share of the rows below that have its width, `names` how many of
    its cells read like the names of columns."""

    row: int | None
    others: tuple[int, ...]
    fit: float
    width: int
    names: int = 0


def find_header(rows: Sequence[Sequence[str]]) -> Header:
    """The header: the last row of names above the first row that looks like those below it."""
    filled = [number for number, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        return Header(None, (), 0.0, 0)
    width = _usual_width([rows[number] for number in filled])
    usual = _usual_looks([rows[number] for number in filled], width)
    typed = {place for place, look in enumerate(usual) if look in _TYPED}
    used = sum(look != "empty" for look in usual)
    candidates: list[int] = []
    first_row: int | None = None
    for number in filled[:_HIGHEST]:
        row = rows[number]
        if first_row is None and typed and _conforms(row, usual, typed) > 0.5:
            first_row = number
        if _could_be_header(row, used) and (first_row is None or sum(map(knows, row)) >= 2):
            candidates.append(number)
    if typed and first_row is None:
        candidates = []
    if not typed:
        candidates = candidates[:5]
    chosen, others = _choose(rows, candidates, surely_above=first_row is not None)
    names = sum(knows(cell) for cell in rows[chosen]) if chosen is not None else 0
    return Header(chosen, others, _fit(rows, filled, chosen, width), width, names)


def find_end(rows: Sequence[Sequence[str]], before: Sequence[Sequence[str]], width: int) -> int:
    """How many of the last rows (blank ones among them) are totals or notes and no rows of the table. `before` are
    the table's rows above these, as far as they are known."""
    dropped = 0
    for back in range(1, min(len(rows), 30) + 1):
        row = rows[-back]
        if not any(cell.strip() for cell in row):
            continue
        above = [*before, *rows[:-back]]
        if not above or not _is_below(row, width, above):
            break
        dropped = back
    return dropped


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of fields that most cells share: titles and notes are many rows sometimes, but narrow ones."""
    counts = Counter(len(row) for row in rows[-1000:])
    return max(counts, key=lambda width: (counts[width] * width, width))


def _usual_looks(rows: Sequence[Sequence[str]], width: int) -> list[Look]:
    looks: list[Look] = []
    body = [row for row in rows if len(row) == width][-_SETTLED_BY * 4 :]
    for place in range(width):
        counts: Counter[Look] = Counter(look for row in body if (look := look_of(row[place])) != "empty")
        if not counts:
            looks.append("empty")
            continue
        look, often = counts.most_common(1)[0]
        looks.append(look if often * 3 >= sum(counts.values()) * 2 or look == "words" else _mixed(counts))
    return looks


def _mixed(counts: Mapping[Look, int]) -> Look:
    """Ids may be numbers in one row and codes in the next; anything else without a clear majority is words."""
    digits = sum(count for look, count in counts.items() if look in ("number", "code", "date"))
    return "code" if digits * 3 >= sum(counts.values()) * 2 else "words"


def _alike(look: Look, usual: Look) -> bool:
    return look == usual or (usual == "code" and look in ("number", "date"))


def _conforms(row: Sequence[str], usual: Sequence[Look], typed: set[int]) -> float:
    """The share of the filled cells of typed columns that look like their column."""
    looks = [(look_of(row[place]), usual[place]) for place in typed if place < len(row)]
    held = [(look, expected) for look, expected in looks if look != "empty"]
    return sum(_alike(look, expected) for look, expected in held) / len(held) if held else 0.0


def _could_be_header(row: Sequence[str], used: int) -> bool:
    names = [cell.strip() for cell in row if cell.strip()]
    if len(names) < max(1, 0.6 * used) or any(len(name) > _LONGEST_NAME for name in names):
        return False
    numbers = sum(look_of(name) in ("date", "number", "email", "url") for name in names)
    return numbers * 4 <= len(names)


def _choose(
    rows: Sequence[Sequence[str]], candidates: Sequence[int], *, surely_above: bool
) -> tuple[int | None, tuple[int, ...]]:
    if not candidates:
        return None, ()
    known = {number: sum(knows(cell) for cell in rows[number]) for number in candidates}
    if len(candidates) == 1:
        # One row of words, and rows that are not all words below it.
        sure = surely_above or known[candidates[0]] > 0
        return candidates[0], () if sure else (candidates[0],)
    best = max(candidates, key=lambda number: (known[number], number if surely_above else -number))
    rest = [number for number in candidates if number != best]
    clear = known[best] >= 2 and all(known[number] * 2 <= known[best] for number in rest)
    if clear:
        return best, ()
    return best, tuple(sorted(candidates))


def _fit(rows: Sequence[Sequence[str]], filled: Sequence[int], header: int | None, width: int) -> float:
    if header is None:
        return 0.0
    below = [len(rows[number]) for number in filled if number > header]
    own = len(rows[header])
    if not below:
        return 0.5
    return sum(size in (own, own + 1) for size in below) / len(below)


def _is_below(row: Sequence[str], width: int, above: Sequence[Sequence[str]]) -> bool:
    """Whether a row is a total or a note: it says so, or holds nearly nothing where other rows are full."""
    usual = _usual_looks(above, width)
    held = {place: look_of(cell) for place, cell in enumerate(row) if cell.strip()}
    typed = [place for place, look in enumerate(usual) if look in _TYPED]
    own = [place for place in typed if place in held and _alike(held[place], usual[place])]
    if any(look != "number" and _TOTAL.fullmatch(row[place].strip()) for place, look in held.items()):
        return not any(usual[place] in ("date", "email") for place in own)
    if any(usual[place] != "number" for place in own) or (own and own[0] == typed[0]):
        return False  # it has a date or an id of its own, as rows have
    if width >= 3 and len(held) * 3 <= width and len(row) <= width:
        return True
    whole = [other for other in above if len(other) == width]
    full = [
        place for place in typed if sum(bool(other[place].strip()) for other in whole) >= 0.9 * len(whole)
    ]
    return len(full) >= 3 and sum(place in own for place in full) * 3 <= len(full)
