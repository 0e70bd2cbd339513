"""What a file turned out to be, what it could become, and what was decided: shared by recognition, presets and pages.

A file holds one or several *parts* (the sheets of a workbook, the members of an archive, else itself). A part is read
by a `Reading`. One part may become several things: an order export holds orders, what happened to them, and people.
Each of these is a `ColumnMapping`. Where the data leaves a doubt that would change figures, there is a `Question`,
and nothing is imported before it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from polku.capture.imports.options import ImportKind, ImportOptions

Meaning = Literal[
    "time",
    "day",
    "number",
    "money",
    "email",
    "phone",
    "order",
    "person",
    "loyalty",
    "url",
    "choice",
    "text",
    "empty",
]
Decimal = Literal["comma", "point"]
NOBODY = "::nobody::"
"""The answer to who it was that names no column: the rows are of nobody in particular (`ImportOptions.nobody`)."""


@dataclass(frozen=True)
class Reading:
    """How a part is read. What is None is recognised from the part itself, as `polku import` does.

    `part` names the member of an archive (its path in there), `sheet` the sheet of a workbook; `header_line` is the
    physical line (CSV) or row (sheet) of the header, counted from 1; `last_line` is the last that holds a row, where
    totals or notes stand below. `header_rows` is how many rows the header has: some survey tools write questions in
    one and their parts in another. Columns are then called `Question: part`.
    """

    part: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    last_line: int | None = None
    header_rows: int = 1


@dataclass(frozen=True)
class ColumnMapping:
    """One import out of a part: what `polku import KIND` would be told, and the forms that were settled.

    `month_first` and `decimal` hold, per column, what a person answered or the data told; a column that is absent is
    told by its own cells. `preset` is the key of the preset that made it, "" for the general recogniser.
    """

    kind: ImportKind
    options: ImportOptions
    timezone: str
    reading: Reading = Reading()
    month_first: dict[str, bool] = field(default_factory=dict)
    decimal: dict[str, Decimal] = field(default_factory=dict)
    preset: str = ""


@dataclass(frozen=True)
class RecognisedColumn:
    """A column as it looks. `form` describes dates for people (`D.M.YYYY klo H.MM`), `decimal` numbers; `samples`
    are up to five different cells as they stand in the file; `filled` is the share of sampled rows that hold
    something, `distinct` the share of those that differ."""

    name: str
    meaning: Meaning
    samples: tuple[str, ...] = ()
    form: str = ""
    decimal: Decimal | None = None
    filled: float = 0.0
    distinct: float = 0.0


@dataclass(frozen=True)
class Choice:
    """An answer to a question; `label` is for people, `value` goes back into the mapping."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """A doubt that a person must settle. `about` tells which part of the mapping the answer fills.

    `column` is the column in doubt; of a `role` it is the role (`time`, `person` …), and the choices are columns, ""
    for none of them. The answer's key is `about`, or `about:column` where there is a column. Values: `day` or `month`
    (what stands first) and `year` of month_first; `comma` or `point` of decimal; a line's number of header; the kind;
    `csat 1-5` of scale; `lines` or `orders` of lines.
    """

    about: Literal[
        "kind",
        "header",
        "delimiter",
        "encoding",
        "sheet",
        "month_first",
        "decimal",
        "role",
        "scale",
        "timezone",
        "lines",
    ]
    text: str
    choices: tuple[Choice, ...]
    column: str = ""
    suggested: str = ""


@dataclass(frozen=True)
class Inspection:
    """What is known of one part before it is imported.

    `rows` are the first rows as they stand (texts, header excluded), `row_lines` their physical lines; `size` is the
    number of rows where it is known, else None. `mappings` are proposals, the weightiest first, empty where nothing
    fits. `fingerprint` is equal for two exports of the same form (columns and kind of file, never their contents).
    """

    reading: Reading
    columns: tuple[RecognisedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    row_lines: tuple[int, ...]
    mappings: tuple[ColumnMapping, ...]
    questions: tuple[Question, ...]
    fingerprint: str
    size: int | None = None
    newest_first: bool | None = None
    notes: tuple[str, ...] = ()
