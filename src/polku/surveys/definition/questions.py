"""What a survey is made of, as plain data: its JSON form is the one that is kept, exported and imported.

Every text that people read is by language (`{"fi": "…", "en": "…"}`). Keys are how answers, logic and exports name
things: they stay when texts change. What is not set is left out of the JSON.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Text: TypeAlias = dict[str, str]
"""By language code: fi, sv, en."""

LANGUAGES = ("fi", "sv", "en")
"""Those that surveys can be asked in."""


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether something known compares with a value.

    `of` says what `name` is: the key of an earlier question (`answer`), a hidden field (`field`), or a known trait of
    the person (`trait`). `answered` has no value. An absent answer fulfils only `ne` and `not_answered`. For questions
    with several answers `eq` and `contains` hold where one of them is the value.
    """

    of: Literal["answer", "field", "trait"]
    name: str
    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "contains", "answered", "not_answered"]
    value: str | int | float | bool | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All, or any, of the tests hold. A rule without tests holds."""

    tests: tuple[Test, ...] = ()
    match: Literal["all", "any"] = "all"


class Skip(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """After its question: where the rule holds, go on at the question `to` (a later one), or end."""

    rule: Rule
    to: str
    """Key of a later question, or `END`."""


END = "end"


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something to choose, a row or a column. `value` is its number where the options form a scale."""

    key: str
    text: Text
    value: float | None = None


class Question(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
    kw_only=True,
):
    """What all questions have. `show_if` may only ask for what comes before; the first `skips` whose rule holds
    counts."""

    key: str
    text: Text = {}
    """Empty where the wording is locked (wordings.py)."""
    help: Text = {}
    required: bool = False
    show_if: Rule | None = None
    skips: tuple[Skip, ...] = ()


class Nps(Question, frozen=True, tag="nps"):
    """0–10, the exact wording; `about` is the company or the service that stands in it."""

    about: Text = {}


class Csat(Question, frozen=True, tag="csat"):
    """1–5 (or 1–7) from very dissatisfied to very satisfied with what `about` says."""

    about: Text = {}
    scale: Literal[5, 7] = 5


class Ces(Question, frozen=True, tag="ces"):
    """CES 2.0: agreement 1–7 with “`about` made it easy for me to handle my `matter`”."""

    about: Text = {}
    matter: Text = {}


class Smiley(Question, frozen=True, tag="smiley"):
    """Four faces, 4 the happiest; `about` is what did well or badly."""

    about: Text = {}


class TaskSuccess(Question, frozen=True, tag="task_success"):
    """Did you get done what you came for: `yes`, `partly`, `no`."""


class Stars(Question, frozen=True, tag="stars"):
    """1–5 stars."""


class Number(Question, frozen=True, tag="number"):
    """A number between the limits; `is_scale` draws the whole numbers as choices, with the labels at their ends."""

    low: float | None = None
    high: float | None = None
    unit: Text = {}
    is_scale: bool = False
    low_label: Text = {}
    high_label: Text = {}


class Single(Question, frozen=True, tag="single"):
    """One of the options. `other` lets people write their own, `none` is an option that excludes the others."""

    options: tuple[Option, ...] = ()
    other: bool = False
    none: bool = False
    random_order: bool = False


class Multiple(Question, frozen=True, tag="multiple"):
    """Some of the options; at most `most` where that is given."""

    options: tuple[Option, ...] = ()
    other: bool = False
    none: bool = False
    random_order: bool = False
    most: int | None = None


class Matrix(Question, frozen=True, tag="matrix"):
    """One column for each row. Columns with values form a scale."""

    rows: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    random_order: bool = False


class Ranking(Question, frozen=True, tag="ranking"):
    """The options in order, the most important first; people may leave out the last ones."""

    options: tuple[Option, ...] = ()
    random_order: bool = False


class Points(Question, frozen=True, tag="points"):
    """`total` points shared out among the options: stated weights."""

    options: tuple[Option, ...] = ()
    total: int = 100


class ShortText(Question, frozen=True, tag="short_text"):
    most: int = 200


class LongText(Question, frozen=True, tag="long_text"):
    most: int = 5_000


class Date(Question, frozen=True, tag="date"):
    """A calendar day."""


class Email(Question, frozen=True, tag="email"):
    """An e-mail address; with `joins` the answer belongs to whoever has it."""

    joins: bool = False


class Consent(Question, frozen=True, tag="consent"):
    """A box to tick; required means that nothing goes on without it."""


class Statement(Question, frozen=True, tag="statement"):
    """Only to be read."""


AnyQuestion: TypeAlias = (
    Nps
    | Csat
    | Ces
    | Smiley
    | TaskSuccess
    | Stars
    | Number
    | Single
    | Multiple
    | Matrix
    | Ranking
    | Points
    | ShortText
    | LongText
    | Date
    | Email
    | Consent
    | Statement
)

Answer: TypeAlias = str | int | float | bool | list[str] | dict[str, str] | dict[str, int]
"""By type of question:

nps, csat, ces, smiley, stars: whole number · number: number · task_success: `yes` `partly` `no` · single: key of the
option, `other` or `none` · multiple: list of such · matrix: {row: column} · ranking: list of keys, the first the most
important · points: {option: points} · short_text, long_text, e-mail: text · date: `YYYY-MM-DD` · consent: true or
false. What was written beside `other` is the answer of `KEY.other`. A statement has none.
"""

Answers: TypeAlias = dict[str, Answer]


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Colours as `#rrggbb`; empty means the product's own."""

    accent: str = ""
    background: str = ""
    ink: str = ""


class Thanks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The page after the last answer and its next step."""

    text: Text = {}
    review_url: str = ""
    review_label: Text = {}
    review_if: Rule | None = None
    asks_to_contact: bool = False
    asks_to_quote: bool = False


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A survey. The first of `languages` is what it is asked in where nothing tells better."""

    title: Text
    languages: tuple[str, ...]
    questions: tuple[AnyQuestion, ...] = ()
    intro: Text = {}
    thanks: Thanks = Thanks()
    fields: tuple[str, ...] = ()
    """Hidden fields that links and invitations may carry."""
    pages: Literal["one", "all"] = "one"
    """One question at a time, or as many as the logic allows."""
    theme: Theme = Theme()


def to_json(definition: Definition) -> bytes:
    return msgspec.json.encode(definition)


def to_data(definition: Definition) -> dict[str, object]:
    """For a JSON column."""
    return dict(msgspec.to_builtins(definition))


def from_data(data: object) -> Definition:
    """Raises msgspec.ValidationError, whose message names the place."""
    return msgspec.convert(data, Definition)
