"""Which column plays which role: by its name's words, where its cells can be that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from polku.capture.imports.mapping import NOBODY
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.words import (
    AMOUNT_LEFT_OUT,
    DELIVERED,
    LINE_VALUE,
    NAME,
    NO_TIME,
    OF_ANYTHING,
    OPEN_QUESTION,
    ORDER_VALUE,
    PERSONAL,
    POSSIBLE,
    PRICE,
    PROMISED,
    TIMES,
    USUAL,
    match_weight,
    plain,
    weight,
)

_MOST_PROPERTIES = 40
_HANDED_OVER = re.compile(r".*(?:carrier|courier|kuljet|lahetetty|shipped|dispatch|postitettu).*")


@dataclass(frozen=True)
class Pick:
    """The column found for a role, "" for none."""

    column: str = ""
    weight: int = 0


@dataclass
class Roles:
    """Picks roles out of columns. What a person answered (role → column, "" for none) comes before all words.

    `doubts` collects the roles that were asked for and are contested or missing though needed."""

    columns: Sequence[Column]
    answers: Mapping[str, str] = field(default_factory=dict)
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def nobody(self) -> bool:
        """Whether people said that the rows are of nobody in particular."""
        return self.answers.get("person") == NOBODY

    def named(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.usable and column.name == name), None)

    def pick(self, role: str, weighed: Iterable[tuple[Column, int]], *, ask: bool = False) -> Pick:
        """The heaviest column; with `ask`, two of equal weight are a doubt."""
        if role in self.answers and (not self.answers[role] or self.named(self.answers[role])):
            return Pick(self.answers[role], 9)
        able = [(column, sure) for column, sure in weighed if sure > 0 and column.usable]
        if not able:
            return Pick()
        most = max(sure for _column, sure in able)
        best = [column.name for column, sure in able if sure == most]
        if len(best) > 1 and ask:
            self.doubts[role] = tuple(best)
        return Pick(best[0], most)

    def word(self, role: str, *, least: int = USUAL, ask: bool = False) -> Pick:
        """The column whose name says the role, among those that are neither dates nor empty."""
        return self.pick(
            role,
            (
                (column, sure)
                for column in self.columns
                if column.meaning not in ("time", "day", "empty")
                and (sure := weight(column.name, role)) >= least
            ),
            ask=ask,
        )

    def time(self, what: str, *, needed: bool = True) -> Pick:
        """When it happened. A date column without a telling name will do where it is the only one; one whose name
        speaks of something else is asked about where a time is `needed`."""
        weighed = []
        for column in self.columns:
            if column.meaning not in ("time", "day") or _is_other_moment(column.name):
                continue
            sure = max(match_weight(column.name, TIMES[what]), match_weight(column.name, TIMES["any"]))
            weighed.append((column, max(sure, 1)))
        picked = self.pick("time", weighed, ask=True)
        if picked.column or "time" in self.answers:
            return picked
        rest = tuple(c.name for c in self.columns if c.usable and c.meaning in ("time", "day"))
        if rest and needed:
            self.doubts["time"] = rest
        return Pick()

    def unread(self) -> list[str]:
        """Columns that are called times, but whose cells are none that can be read."""
        return [
            column.name
            for column in self.columns
            if column.usable and column.meaning not in ("time", "day", "empty") and says_time(column.name)
        ]

    def unread_amounts(self) -> list[str]:
        """Columns that are called the value of an order, but whose cells are no numbers."""
        return [
            column.name
            for column in self.columns
            if column.usable
            and column.meaning in ("text", "choice")
            and not AMOUNT_LEFT_OUT.fullmatch(plain(column.name))
            and max(match_weight(column.name, ORDER_VALUE), match_weight(column.name, LINE_VALUE)) >= USUAL
        ]

    def promised(self) -> Pick:
        return self.pick("promised", self._moments(PROMISED))

    def delivered(self) -> Pick:
        found = (
            (column, sure)
            for column, sure in self._moments(DELIVERED)
            if not re.fullmatch(PROMISED, plain(column.name))
            and not _HANDED_OVER.fullmatch(plain(column.name))
        )
        return self.pick("delivered", found)

    def steps(self) -> list[str]:
        """Columns of times that each tell when something was done."""
        return [
            column.name
            for column in self.columns
            if column.usable
            and column.meaning in ("time", "day")
            and not NO_TIME.fullmatch(plain(column.name))
            and not re.fullmatch(PROMISED, plain(column.name))
        ]

    def person(self) -> tuple[Pick, str]:
        """(who, the column of their e-mail address where it is another). A customer number comes before an address,
        unless many rows have none."""
        if self.nobody:
            return Pick(), ""
        word = self.word("person", ask=True)
        addresses = [c for c in self.columns if c.usable and c.meaning == "email"]
        if "person" in self.answers:
            other = next((c.name for c in addresses if c.name != word.column), "")
            return word, other
        if not addresses:
            return word, ""
        address = max(addresses, key=lambda c: (c.filled, -c.place))
        number = self.named(word.column)
        if number is None or number.name == address.name:
            return Pick(address.name, 3), ""
        if number.filled < 0.9 * address.filled:
            return Pick(address.name, 3), number.name
        return word, address.name

    def amount(self) -> list[tuple[Column, int, str]]:
        """Columns that may be the value of an order: (column, weight, `order`, `line` or `price`)."""
        found = []
        for column in self.columns:
            if column.meaning not in ("money", "number") or AMOUNT_LEFT_OUT.fullmatch(plain(column.name)):
                continue
            if weight(column.name, "quantity"):
                continue
            weights = {
                "order": match_weight(column.name, ORDER_VALUE),
                "line": match_weight(column.name, LINE_VALUE),
                "price": max(match_weight(column.name, PRICE), int(weight(column.name, "unit_price") > 0)),
            }
            sort = max(weights, key=lambda key: (weights[key], key == "line"))
            if weights[sort]:
                found.append((column, weights[sort], sort))
        return [entry for entry in found if entry[0].usable]

    def comments(self, scores: Iterable[str]) -> list[str]:
        """The columns of answers in one's own words, the surest first: the question tells it before the answers, for
        of a short survey they may be few and short."""
        if "comment" in self.answers:
            return [self.answers["comment"]] if self.answers["comment"] else []
        taken, weighed = set(scores), []
        for column in self.columns:
            if not column.usable or column.name in taken or column.meaning in ("time", "day", "empty"):
                continue
            sure = weight(column.name, "comment")
            if column.meaning in ("text", "choice") and OPEN_QUESTION.fullmatch(plain(column.name)):
                sure = max(sure, USUAL)
            elif column.meaning == "text" and column.name.rstrip().endswith("?"):
                sure = max(sure, POSSIBLE)
            if sure:
                weighed.append((-sure, column.place, column.name))
        return [name for _sure, _place, name in sorted(weighed)]

    def names(self, person: str, *, of_products: bool = False) -> tuple[str, ...]:
        """Columns that tell what the `person` is called. A bare “name” is of something else where somebody has two,
        or the rows are `of_products`."""
        who = self.named(person)
        return tuple(
            column.name
            for column in self.columns
            if who is not None
            and column.usable
            and column.name != person
            and column.meaning in ("text", "choice")
            and NAME.fullmatch(plain(column.name))
            and (
                not OF_ANYTHING.fullmatch(plain(column.name))
                or (not of_products and _is_told_by(who, column))
            )
        )

    def properties(self, used: Iterable[str]) -> tuple[str, ...]:
        """What is kept beside the roles: by name alone, so that the next export of the same form keeps the same.
        Who somebody is and what they wrote is left out."""
        taken = set(used)
        return tuple(
            column.name
            for column in self.columns
            if column.usable
            and column.name not in taken
            and column.meaning != "email"
            and not PERSONAL.fullmatch(plain(column.name))
            and not any(weight(column.name, role) for role in ("email", "phone", "comment", "text"))
        )[:_MOST_PROPERTIES]

    def _moments(self, words: str) -> list[tuple[Column, int]]:
        return [
            (column, 3)
            for column in self.columns
            if column.meaning in ("time", "day") and re.fullmatch(words, plain(column.name))
        ]


def _is_told_by(who: Column, what: Column) -> bool:
    """Whether nobody has two of `what`."""
    pairs = {(a.strip(), b.strip()) for a, b in zip(who.cells, what.cells, strict=True)}
    pairs = {pair for pair in pairs if all(pair)}
    return bool(pairs) and len({a for a, _b in pairs}) == len(pairs)


def says_time(name: str) -> bool:
    """Whether a column's name is that of a time, of whatever."""
    return not NO_TIME.fullmatch(plain(name)) and any(
        match_weight(name, table) >= 3 for table in TIMES.values()
    )


def _is_other_moment(name: str) -> bool:
    words = plain(name)
    return bool(
        NO_TIME.fullmatch(words)
        or re.fullmatch(PROMISED, words)
        or (re.fullmatch(DELIVERED, words) and match_weight(name, TIMES["contact"]) == 0)
    )
