"""Which column of a file means what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from django.utils.translation import gettext as _

from polku.capture.imports.problems import WrongUsage

ImportKind = Literal[
    "events", "scores", "answers", "orders", "refunds", "contracts", "contacts", "people", "spend"
]
Metric = Literal["nps", "csat", "ces", "smiley", "recommend"]

DEFAULT_SCALES: dict[str, tuple[float, float]] = {
    "nps": (0, 10),
    "recommend": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "smiley": (1, 4),
}
_COLUMN_ROLES = (
    "person",
    "order",
    "event",
    "time",
    "session",
    "channel",
    "url",
    "value",
    "score",
    "comment",
    "reason",
    "text",
    "status",
    "promised",
    "delivered",
    "start",
    "end",
    "day",
    "source",
    "medium",
    "campaign",
    "amount",
)
_SCALE = re.compile(r"\s*(-?\d+)\s*(?:-|–|\.\.)\s*(-?\d+)\s*")


@dataclass(frozen=True)
class ImportOptions:
    """The options of `polku import`, as given: names of columns, and a few constants.

    `wide` holds `COL=EVENT` texts; where they are cut is decided by the file's columns. For orders, `id` is the
    column of the order's id; elsewhere it is the columns that name a row.

    `skip_empty` leaves out, without calling it a fault, the rows that hold nothing of what is imported (a person, an
    event, a score or comment, a reason): where one file gives several imports, such a row belongs to another.

    `repeated` reads several records from one row, as a log of visits with numbered columns for each page needs: the
    columns named hold the first of these texts, and each further text in its place names those of another record.
    Records are taken in the order in which they stand in a row.

    `questions` are the columns of a survey's answers, each with what it measured (see `questions.parse_question`).

    `nobody`: the rows are of nobody in particular, such as answers that were asked for without a name. Each is then a
    person of its own, the same for all imports out of the row (see `somebody`).
    """

    person: str | None = None
    order: str | None = None
    event: str | None = None
    time: str | None = None
    session: str | None = None
    channel: str | None = None
    url: str | None = None
    value: str | None = None
    score: str | None = None
    comment: str | None = None
    reason: str | None = None
    text: str | None = None
    status: str | None = None
    promised: str | None = None
    delivered: str | None = None
    start: str | None = None
    end: str | None = None
    day: str | None = None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    amount: str | None = None
    id: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    lines: bool = False
    skip_empty: bool = False
    metric: Metric | None = None
    scale: tuple[float, float] | None = None
    touchpoint: str | None = None
    nobody: bool = False

    def roles(self) -> dict[str, str]:
        """Role → column, of the roles that are one column."""
        return {role: column for role in _COLUMN_ROLES if (column := getattr(self, role)) is not None}

    def columns(self) -> list[str]:
        """Every column named, each once; those of `wide` and `questions` are not among them."""
        named = [*self.roles().values(), *self.id, *self.properties, *self.aliases]
        return list(dict.fromkeys(named))

    def scale_of(self) -> tuple[float, float]:
        """The scale given, else the usual one of the metric."""
        return self.scale or DEFAULT_SCALES[str(self.metric)]


def parse_scale(text: str) -> tuple[float, float]:
    """`1-5` → (1, 5). Raises WrongUsage."""
    match = _SCALE.fullmatch(text)
    if not match or int(match[1]) >= int(match[2]):
        raise WrongUsage(_("The scale “%s” is not of the form LOW-HIGH, for example 1-5 or 0-10.") % text)
    return float(match[1]), float(match[2])


def check_options(kind: ImportKind, options: ImportOptions) -> None:
    """Raises WrongUsage where the options contradict each other, whatever the file."""
    if kind == "events" and bool(options.wide) == bool(options.event or options.time):
        raise WrongUsage(_("Give either --event and --time, or --wide COLUMN=EVENT for a column of times."))
    if options.nobody and (options.person or options.order or options.wide or options.repeated):
        raise WrongUsage(
            _("--nobody says that no row tells whose it is: leave out --person, --order and --wide.")
        )
    if kind == "events" and not options.wide:
        _require(options, ("event", "time"))
    if kind == "events" and not (options.person or options.order or options.nobody):
        raise WrongUsage(_("Say whose events these are: give --person, --order or both."))
    if kind == "scores":
        _require(options, ("score", "time"))
        if not (options.person or options.order or options.nobody):
            raise WrongUsage(_("Say who answered: give --person, --order or both."))
        _check_scale(options)
    if kind == "answers":
        _require(options, ("time",))
        if not options.questions:
            raise WrongUsage(_("Give --question with each column that was asked, for example Q1=csat."))
        if not (options.person or options.order or options.nobody):
            raise WrongUsage(_("Say who answered: give --person, --order or both."))
    if kind == "contacts":
        _require(options, ("time", "reason"))
        if not (options.person or options.order or options.nobody):
            raise WrongUsage(_("Say who made contact: give --person, --order or both."))
    if kind == "orders":
        if len(options.id) != 1:
            raise WrongUsage(_("Give --id with the one column that holds the order's id."))
        if options.delivered and not options.promised:
            raise WrongUsage(
                _("--delivered needs --promised: a promise is kept or broken only where one was made.")
            )
    required = {
        "people": ("person",),
        "contracts": ("person", "start"),
        "refunds": ("order", "time", "value"),
        "spend": ("day", "source", "amount"),
    }
    _require(options, required.get(kind, ()))


def _require(options: ImportOptions, names: Iterable[str]) -> None:
    for name in names:
        if getattr(options, name) is None:
            raise WrongUsage(_("The option --%s is missing.") % name)


def _check_scale(options: ImportOptions) -> None:
    check_scale(str(options.metric), *options.scale_of())


def check_scale(metric: str, low: float, high: float) -> None:
    """Raises WrongUsage where `metric` is never asked on this scale."""
    shown = {"scale": f"{low:g}–{high:g}"}
    if metric == "nps" and (low, high) != (0, 10):
        raise WrongUsage(
            _(
                "NPS is asked on the scale 0–10, not %(scale)s. Use --metric recommend for likelihood to recommend."
            )
            % shown
        )
    if metric == "ces" and (low, high) != (1, 7):
        raise WrongUsage(
            _("CES is asked on the scale 1–7 (agreement that it was easy), not %(scale)s. Use --metric csat.")
            % shown
        )
    if metric == "smiley" and (low, high) != (1, 4):
        raise WrongUsage(
            _("Smileys are four faces, 1–4 (4 is happiest), not %(scale)s. Use --metric csat.") % shown
        )


def field_names() -> tuple[str, ...]:
    """The names of all options, for those who build them from a form or a command."""
    return tuple(field.name for field in fields(ImportOptions))
