"""One figure of the map in words: its value, its certainty mark, and what the tooltip says.

The value is short; the uncertainty stands beside it; below thirty answers the interval comes first and the
figure is greyed. A difference is shown only where it is clear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.money import MoneyTerms, cost_sentence, margin_sentence
from polku.journeys.display_names import grade_name, metric_name
from polku.journeys.views.differences import (
    Difference,
    Measure,
    clear_changes,
    measure_of_money,
    measure_of_numbers,
    measure_of_shares,
    told,
)
from polku.site.formats import NBSP, Reader, rate_decimals, rough

SMALL = 30

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """What stands in one cell. `bar`: percentages (low, value, high) of a thin bar, as attributes of SVG.

    `full` is the value with what it is, for where no lane's head says so.
    """

    value: str = ""
    mark: str = ""
    note: str = ""
    absent: str = ""
    is_small: bool = False
    bar: tuple[str, str, str] | None = None
    tips: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    word: str = ""
    full: str = ""


def do(touchpoint: Record, reader: Reader) -> Cell:
    """People who reached it, and the share that went on."""
    record = touchpoint["do"]
    if record is None:
        return Cell(absent=_("backstage"))
    if not touchpoint["bindings"]:
        # Nothing that could have been seen is no sign of nobody having come.
        return Cell(absent=_("no data"), tips=(_("No data is connected here yet."),))
    reached, changes = record["reached"], touchpoint["change"] or {}
    count = int(reached["value"])
    tips = [_people_reached(count, reader)]
    if reached.get("basis") == "answers_and_contacts":
        tips.append(_("Counted from answers and contacts: no visits are connected."))
    continued, bar, note, mark = record["continued"], None, "", ""
    if continued:
        share, ends = continued["value"], _with_width(continued["ci"])
        said = _("%(share)s continued") % {"share": reader.percent(share)}
        note = reader.percent(share)
        mark = reader.margin(share * 100, [end * 100 for end in ends]) if ends else ""
        bar = _bar(ends or [share, share], share)
        tips.append(sentence(said, reader.percent_interval(ends) if ends else "", continued["n"], reader))
        if continued.get("censored"):
            tips.append(
                ngettext(
                    "%(people)s of them may still continue.",
                    "%(people)s of them may still continue.",
                    continued["censored"],
                )
                % {"people": reader.number(continued["censored"])}
            )
    if count < SMALL:
        tips.append(small_text())
    of_people, of_share = measure_of_numbers(reader), measure_of_shares(reader)
    tips += told(_("People"), changes.get("reached"), of_people)
    tips += told(_("Continued"), changes.get("continued"), of_share)
    return Cell(
        value=reader.number(count),
        full=_people(count, reader),
        note=note,
        word=_("continued") if note else "",
        mark=mark,
        bar=bar,
        is_small=count < SMALL,
        tips=tuple(tips),
        differences=(
            *clear_changes(_("people"), changes.get("reached"), of_people, more_is=""),
            *clear_changes(_("continued"), changes.get("continued"), of_share, more_is="good"),
        ),
    )


def say(touchpoint: Record, reader: Reader) -> Cell:
    """The score with most answers; the others are in the tooltip and the panel."""
    scores = touchpoint["say"]
    if touchpoint["backstage"]:
        return Cell(absent="–")
    if not scores:
        return Cell(absent=_("no answers") if touchpoint["asked"] else _("not asked yet"))
    first, changes = scores[0], touchpoint["change"] or {}
    value, ends, unit = score_value(first, reader), first["ci"], metric_name(first["metric"])
    small = first["n"] < SMALL
    between = score_interval(first, reader)
    tips = [score_sentence(score, reader) for score in scores]
    if small:
        tips.append(small_text())
    tips += told("", changes.get("say"), score_measure(first, reader))
    count = f"n{NBSP}{reader.number(first['n'])}"
    return Cell(
        value=between if small and between else value,
        mark="" if small or not ends else score_margin(first, reader),
        note=f"{unit} {value}, {count}" if small and between else f"{unit} {count}",
        is_small=small,
        tips=tuple(tips),
        differences=clear_changes(unit, changes.get("say"), score_measure(first, reader), more_is="good"),
        full=f"{unit} {between if small and between else value}",
    )


def contact(touchpoint: Record, reader: Reader, terms: MoneyTerms | None = None) -> Cell:
    """Contacts per hundred people who reached the touchpoint."""
    record = touchpoint["contact"]
    if record is None:
        return Cell(absent="–", tips=(_("No contacts are connected to this touchpoint."),))
    changes = touchpoint["change"] or {}
    value, ends = record["value"], record["ci"]
    decimals = rate_decimals(ends[1] if ends else value)
    shown = reader.number(value, decimals)
    rate = _("%(rate)s contacts per 100 people") % {"rate": shown}
    tips = [sentence(rate, reader.interval(ends, decimals) if ends else "", record["n"], reader)]
    small = record["reached"] < SMALL
    tips += [cost] if (cost := cost_sentence(int(record["n"]), terms, reader)) else []
    tips += [small_text()] if small else []
    measure = measure_of_numbers(reader, decimals)
    tips += told("", changes.get("contact"), measure)
    return Cell(
        value=reader.interval(ends, decimals) if small and ends else shown,
        mark=reader.margin(value, ends, decimals) if ends and not small else "",
        note=(f"{shown}, " if small and ends else "") + f"n{NBSP}{reader.number(record['n'])}",
        is_small=small,
        tips=tuple(tips),
        differences=clear_changes(_("per 100 people"), changes.get("contact"), measure, more_is="bad"),
        full=_("%(rate)s per 100 people")
        % {"rate": reader.interval(ends, decimals) if small and ends else shown},
    )


def buy(touchpoint: Record, reader: Reader, terms: MoneyTerms | None = None) -> Cell:
    """The value of the orders that passed through it."""
    record = touchpoint["buy"]
    if record is None:
        return Cell(absent="–", tips=(_("No orders with a value passed through here."),))
    changes = touchpoint["change"] or {}
    value, ends, buyers = record["value"], record["ci"], int(record["n"])
    between = reader.money_interval(ends) if ends else ""
    tips = [
        sentence(_("Orders worth %(sum)s") % {"sum": reader.money(value)}, between, None, reader),
        ngettext("%(people)s buyer", "%(people)s buyers", buyers) % {"people": reader.number(buyers)}
        + " · "
        + ngettext("%(orders)s order", "%(orders)s orders", record["orders"])
        % {"orders": reader.number(record["orders"])},
        *([margin] if (margin := margin_sentence(value, ends, terms, reader)) else []),
        _("The same order passes through many touchpoints: do not add these up."),
    ]
    small = buyers < SMALL
    tips += [small_text()] if small else []
    tips += told("", changes.get("buy"), measure_of_money(reader))
    return Cell(
        value=between if small and between else reader.money(value),
        note=f"{reader.money(value)}, n{NBSP}{reader.number(buyers)}" if small and between else between,
        is_small=small,
        tips=tuple(tips),
        differences=clear_changes(
            _("value of orders"), changes.get("buy"), measure_of_money(reader), more_is="good"
        ),
    )


def loss(touchpoint: Record, reader: Reader) -> Cell:
    """What is lost here: the greatest pain's margin a year, as a rounded middle with its range under it."""
    record = touchpoint["loss"]
    if record is None:
        return Cell(absent="–", tips=(_("No loss has been estimated here."),))
    low, high = (rough(end) for end in record["ci"])
    between, middle = reader.money_interval([low, high]), reader.money(rough(record["value"]))
    said = _("At most %(sum)s a year") if record["at_most"] else _("About %(sum)s of margin a year")
    tips = [
        sentence(
            said % {"sum": reader.rough_money(record["value"])},
            reader.rough_money_interval(record["ci"]),
            record["n"],
            reader,
        ),
        _("Evidence: %(evidence)s") % {"evidence": f"{record['grade']} {grade_name(record['grade'])}"},
        _("An estimate of a whole year and of everybody: the filters above do not change it."),
    ]
    if record["others"]:
        tips.append(
            ngettext(
                "%(count)s smaller pain here is not added to it.",
                "%(count)s smaller pains here are not added to it.",
                record["others"],
            )
            % {"count": reader.number(record["others"])}
        )
    return Cell(value=middle, mark=record["grade"], note=between, tips=tuple(tips), full=tips[0])


def small_text() -> str:
    return _("Fewer than %(small)s: only indicative.") % {"small": SMALL}


# ---- scores ---------------------------------------------------------------------------------------------------

_SHARES = {"csat", "ces"}


def score_value(score: Record, reader: Reader) -> str:
    """NPS as points, CSAT and CES as a share, smiley of 100, anything else as its mean."""
    if _is_share(score):
        return reader.percent(score["value"])
    return reader.number(score["value"], _score_decimals(score))


def score_interval(score: Record, reader: Reader) -> str:
    if not score["ci"]:
        return ""
    if _is_share(score):
        return reader.percent_interval(score["ci"])
    return reader.interval(score["ci"], _score_decimals(score))


def score_margin(score: Record, reader: Reader) -> str:
    if _is_share(score):
        return reader.margin(score["value"] * 100, [end * 100 for end in score["ci"]])
    return reader.margin(score["value"], score["ci"], _score_decimals(score))


def score_measure(score: Record, reader: Reader) -> Measure:
    """How the score's changes are written: those of shares in percentage points."""
    return (
        measure_of_shares(reader) if _is_share(score) else measure_of_numbers(reader, _score_decimals(score))
    )


def score_sentence(score: Record, reader: Reader) -> str:
    """`CSAT 78 %: probably 74–82 %, n 312`."""
    named = f"{metric_name(score['metric'])} {score_value(score, reader)}"
    return sentence(named, score_interval(score, reader), score["n"], reader)


def _is_share(score: Record) -> bool:
    return score["metric"] in _SHARES and score["rule"] != "mean"


def _score_decimals(score: Record) -> int:
    return 0 if score["metric"] in {"nps", "smiley"} and score["rule"] != "mean" else 1


# ---- shared ---------------------------------------------------------------------------------------------------


def sentence(value: str, between: str, n: int | None, reader: Reader) -> str:
    """`CSAT 78 %: probably 74–82 %, n 312`; without an interval or n, what is left of it."""
    parts = [_("probably %(interval)s") % {"interval": between}] if between else []
    parts += [f"n{NBSP}{reader.number(n)}"] if n is not None else []
    return f"{value}: {', '.join(parts)}" if parts else value


def _people(count: int, reader: Reader) -> str:
    return ngettext("%(people)s person", "%(people)s people", count) % {"people": reader.number(count)}


def _people_reached(count: int, reader: Reader) -> str:
    return ngettext("%(people)s person reached it", "%(people)s people reached it", count) % {
        "people": reader.number(count)
    }


def _with_width(ends: Sequence[float] | None) -> Sequence[float] | None:
    """A share's interval; none where all or nobody of a few continued: its ±0 would promise certainty."""
    return ends if ends and ends[1] > ends[0] else None


def _bar(ends: Sequence[float], share: float) -> tuple[str, str, str]:
    low, high = (max(0.0, min(1.0, end)) for end in ends)
    return f"{low * 100:.1f}%", f"{share * 100:.1f}%", f"{max(0.5, (high - low) * 100):.1f}%"
