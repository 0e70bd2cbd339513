"""What moved the revenue: a sentence, a picture of steps, and tables to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.decide.revenue import words
from polku.decide.revenue.choices import Choices
from polku.decide.revenue.waterfall import Step, waterfall
from polku.decide.revenue.words import FACTOR_NAMES, Record
from polku.site.formats import Reader

FACTORS = ("visitors", "conversion", "average_order")
SPLIT = ("visitors", "mix", "conversion", "average_order")
_WORTH_SAYING = 0.1


@dataclass(frozen=True)
class Line:
    """One factor's share of the change, to the cent; `verdict` where nothing shows that the factor changed."""

    name: str
    amount: str
    mark: str
    verdict: str = ""


@dataclass(frozen=True)
class PartLine:
    name: str
    amounts: Sequence[str]


@dataclass(frozen=True)
class Moved:
    """`sentence` in rounded words, `mix` what of it lies in people having come to other parts; `picture` for wide and
    `narrow` for small screens; `lines` to the cent with their `total`; `parts` the same by part, `split` their sums.
    `is_rounded`: the cents shown do not sum to the total shown, as each is rounded for itself."""

    sentence: str
    unsure: str
    mix: str
    picture: SafeString
    narrow: SafeString
    lines: Sequence[Line]
    total: Line
    is_rounded: bool
    parts: Sequence[PartLine] = ()
    more_parts: Sequence[PartLine] = ()
    split: Sequence[str] = ()


def moved(answer: Record, choices: Choices, reader: Reader) -> Moved:
    """What the answer says of the change, which it must have."""
    unclear = {change["figure"] for change in answer["changes"] if not change["clear"]}
    parts = [
        PartLine(words.part_name(choices, part), _to_the_cent(part["change"], reader))
        for part in answer.get("breakdown", ())
    ]
    return describe(
        answer["change"],
        before=answer["compared"]["revenue"],
        now=answer["revenue"],
        unclear=unclear,
        names=(_("Before"), _("Now")),
        reader=reader,
        parts=parts,
        split=_to_the_cent(answer["split"], reader) if parts else (),
        mix=_mix(answer, words.way_name(choices), reader) if parts else "",
    )


def describe(
    change: Mapping[str, Any],
    *,
    before: float,
    now: float,
    unclear: set[str],
    names: tuple[str, str],
    reader: Reader,
    parts: Sequence[PartLine] = (),
    split: Sequence[str] = (),
    mix: str = "",
    is_real: bool = True,
) -> Moved:
    """`change` {"visitors", "conversion", "average_order", "total", "ci"} in words, as a picture and as a table."""
    amounts = {name: float(change[name]) for name in (*FACTORS, "total")}
    ends = change["ci"]
    lines = [
        Line(
            str(FACTOR_NAMES[name]),
            words.signed_price(amounts[name], reader),
            _interval(ends[name], reader),
            _("no evidence of change") if name in unclear else "",
        )
        for name in FACTORS
    ]
    shown = sum(round(amounts[name], 2) for name in FACTORS)
    steps = _steps(amounts, ends, before, now, names, reader)
    return Moved(
        sentence=_sentence(amounts, before, now, reader, is_real=is_real),
        unsure=_unsure(unclear),
        mix=mix,
        picture=waterfall(steps, reader.money),
        narrow=waterfall(steps, reader.money, width=440),
        lines=lines,
        total=Line(
            _("Change in all"),
            words.signed_price(amounts["total"], reader),
            _interval(ends["total"], reader),
        ),
        is_rounded=round(shown, 2) != round(amounts["total"], 2),
        parts=parts[:12],
        more_parts=parts[12:],
        split=split,
    )


def _steps(
    amounts: Mapping[str, float],
    ends: Mapping[str, Sequence[float] | None],
    before: float,
    now: float,
    names: tuple[str, str],
    reader: Reader,
) -> list[Step]:
    changes = [
        Step(
            str(FACTOR_NAMES[name]),
            amounts[name],
            words.signed_money(amounts[name], reader),
            f"{FACTOR_NAMES[name]}: {words.signed_price(amounts[name], reader)}"
            + (f" · {words.probably(words.price_interval(ends[name], reader))}" if ends[name] else ""),
            ends[name],
        )
        for name in FACTORS
    ]
    first, last = (
        Step(name, value, reader.money(value), f"{name}: {reader.price(value)}", is_whole=True)
        for name, value in zip(names, (before, now), strict=True)
    )
    return [first, *changes, last]


def _sentence(
    amounts: Mapping[str, float], before: float, now: float, reader: Reader, *, is_real: bool
) -> str:
    """Arithmetic in words: shares of a sum, never what caused what."""
    if round(amounts["total"], 2) == 0:
        said = _("The revenue is as it was, %(now)s.") % {"now": reader.money(now)}
        if not any(round(amounts[name], 2) for name in FACTORS):
            return said
    else:
        words_of = (
            _("The revenue went from %(before)s to %(now)s, %(change)s.")
            if is_real
            else _("The revenue would go from %(before)s to %(now)s, %(change)s.")
        )
        said = words_of % {
            "before": reader.money(before),
            "now": reader.money(now),
            "change": words.signed_money(amounts["total"], reader),
        }
    shares = _(
        "Of the change, %(visitors)s lies in visitors, %(conversion)s in conversion and %(order)s in the average order."
    )
    return f"{said} " + shares % {
        "visitors": words.signed_money(amounts["visitors"], reader),
        "conversion": words.signed_money(amounts["conversion"], reader),
        "order": words.signed_money(amounts["average_order"], reader),
    }


def _mix(answer: Record, way: str, reader: Reader) -> str:
    """Worth a sentence where it is a good part of what moved. Where of most people the part is not known, as who never
    got to pay has no way of paying, it says nothing of where they came from."""
    split = answer["split"]
    unknown = sum(
        part["visitors"] for part in answer["breakdown"] if part["key"] is None and not part["others"]
    )
    if 2 * unknown > answer["visitors"]:
        return ""
    if abs(split["mix"]) < _WORTH_SAYING * sum(abs(split[name]) for name in SPLIT) or not round(
        split["mix"], 2
    ):
        return ""
    return _(
        "Told apart (%(way)s), %(mix)s lies in the mix, that is in people having come to other parts than before, "
        "and %(conversion)s in the conversion within the parts."
    ) % {
        "way": way,
        "mix": words.signed_money(split["mix"], reader),
        "conversion": words.signed_money(split["conversion"], reader),
    }


def _unsure(unclear: set[str]) -> str:
    if unclear >= {"conversion", "average_order"}:
        return _(
            "There is no evidence that conversion or the average order changed: such differences come by chance, too."
        )
    if "conversion" in unclear:
        return _("There is no evidence that the conversion changed: such a difference comes by chance, too.")
    if "average_order" in unclear:
        return _(
            "There is no evidence that the average order changed: such a difference comes by chance, too."
        )
    return ""


def _interval(ends: Sequence[float] | None, reader: Reader) -> str:
    return words.price_interval(ends, reader) if ends and ends[1] > ends[0] else ""


def _to_the_cent(split: Mapping[str, float], reader: Reader) -> list[str]:
    return [words.signed_price(split[name], reader) for name in (*SPLIT, "total")]
