"""Revenue: visitors × conversion × average order, by part, and what moved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from polku.analytics import sales as trees
from polku.analytics.comparing import ENOUGH, Correction, other_side, range_of
from polku.analytics.context import QueryContext
from polku.analytics.contracts import ENDED, STARTED
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.money import money_terms
from polku.analytics.sales import Tree, tree
from polku.eventstore.port import Scope
from polku.eventstore.sales import Sales, SalesAnswer, SalesQuestion
from polku.statistics import Estimate, benjamini_hochberg, holm

MOST = 50
"""Parts that are told; the others are told as one."""

NO_VISITS = (STARTED, ENDED)
"""Events that a company's own books tell: whoever they name was not there."""

Part = tuple[str | None, bool, Tree, Tree | None]
"""(value, whether it is all the others, now, before)."""


def revenue(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"visitors", "conversion", "average_order", "revenue", "ci", "n", "orders", "buyers", "refunds",
    "daily_visitors", "unpriced", "vat", "margin", "change"}, as `sales.document` has them.

    The three factors multiply to the revenue, which is the sum of the orders' values as they came ("vat" says whether
    VAT is in them: {"included", "rate"}, null before the four questions were answered), less refunds. "margin" is what
    is left of it by those answers.

    With `compare` "change" is `sales.change`, "compared" the other side with its "range", and "changes" tell of
    conversion and average order whether they differ (Holm). With `breakdown` each part is {"key", "others", the
    figures}, with `compare` also "compared", "change" (with "mix") and "changes" (Benjamini–Hochberg over all parts);
    "split" adds up the parts' changes, and sums to the whole change.
    """
    other = other_side(context)
    now = _ask(context, None)
    before = _ask(other, _refunds_seen(context, other)) if other is not None else None
    _warn(context, now)
    is_day, was_day = _is_one_day(context.scope), other is not None and _is_one_day(other.scope)
    whole = tree(_people(now.total, is_day))
    earlier = tree(_people(before.total, was_day)) if before is not None else None
    answer: Answer = {
        **trees.document(whole),
        "daily_visitors": 0 if is_day else now.total.daily,
        "unpriced": now.unpriced,
        **_money(context, now),
        "change": None,
    }
    if earlier is not None and other is not None:
        answer["change"] = trees.change(whole, earlier)
        answer["compared"] = {"range": range_of(other.scope), **trees.document(earlier)}
        answer["changes"] = _changes([(whole.sales, earlier.sales)], holm)[0]
    if context.breakdown is not None:
        shared = context.breakdown.property.startswith("order.")
        parts = _parts(now, before, shared=shared, is_day=is_day, was_day=was_day)
        answer["breakdown"] = [_part(part) for part in parts]
        if earlier is not None:
            _tell_what_moved(answer, whole, earlier, parts, shared=shared)
    return answer


def _ask(context: QueryContext, refunded_until: datetime | None) -> SalesAnswer:
    breakdown = context.breakdown
    question = SalesQuestion(
        void=frozenset(context.workspace.cancelled_states),
        unseen=NO_VISITS,
        refunded_until=refunded_until,
        breakdown=breakdown.property if breakdown else None,
        attribution=cast(Literal["first", "last"], breakdown.attribution) if breakdown else "first",
    )
    return context.store.sales(context.key, context.scope, question)


def _refunds_seen(context: QueryContext, other: QueryContext) -> datetime | None:
    """Until when refunds of the other range count: for as long after its orders as those of the question's range could
    come so far. Otherwise every newer range would look better, because its goods are still on their way back."""
    newest = context.state.data_as_of
    if newest is None or context.scope.start is None or other.scope.start is None:
        return None
    later = context.scope.start - other.scope.start
    if later <= timedelta():
        return None
    if newest <= context.scope.start:
        return other.scope.start  # nothing of the range has come so far, and it may be far away
    return newest - later + timedelta(microseconds=1)


def _people(sales: Sales, is_day: bool) -> Sales:
    """Within one day those without cookies can be told apart, too."""
    return replace(sales, visitors=sales.visitors + sales.daily) if is_day else sales


def _is_one_day(scope: Scope) -> bool:
    if scope.start is None or scope.end is None:
        return False
    zone = ZoneInfo(scope.timezone)
    first, last = (
        moment.replace(tzinfo=UTC).astimezone(zone).date()
        for moment in (scope.start, scope.end - timedelta(microseconds=1))
    )
    return first == last


def _money(context: QueryContext, now: SalesAnswer) -> dict[str, object]:
    """What comes back is taken off once: as the refunds that were received where the range lies mostly in the time of
    which they are known, else as the share that was answered."""
    terms = money_terms(context.workspace)
    if terms is None:
        return {"vat": None, "margin": None, "returned": None}
    start = context.scope.start or context.state.first_time
    end = context.scope.end or context.state.data_as_of
    known = trees.knows_refunds(now.refunds_since, start, end)
    return {
        "vat": {"included": terms.vat_included, "rate": terms.vat_rate},
        "margin": trees.margin_of(
            terms, now.total.revenue if known else now.total.revenue + now.total.refunded, refunds_known=known
        ),
        "returned": "refunds" if known else "answer",
    }


def _parts(
    now: SalesAnswer, before: SalesAnswer | None, *, shared: bool, is_day: bool, was_day: bool
) -> list[Part]:
    """The MOST with the most revenue on either side, the largest now first, then the others together."""
    sides: list[dict[tuple[str | None, bool], Sales]] = [
        {(part.key, part.is_others): _people(part.sales, day) for part in answer.parts} if answer else {}
        for answer, day in ((now, is_day), (before, was_day))
    ]
    empty = [_nobody(answer, day, shared) for answer, day in ((now, is_day), (before, was_day))]
    keys = sorted(
        {key for side in sides for key in side},
        key=lambda key: (
            key[1],
            -max(side[key].revenue if key in side else 0.0 for side in sides),
            -max(side[key].visitors if key in side else 0 for side in sides),
            key[0] is None,
            key[0] or "",
        ),
    )
    shown = [key for key in keys[:MOST] if not key[1]]
    hidden = keys[len(shown) :]
    parts: list[Part] = []
    for key in shown:
        after, earlier = (side.get(key, nobody) for side, nobody in zip(sides, empty, strict=True))
        parts.append((key[0], False, tree(after), tree(earlier) if before is not None else None))
    parts.sort(key=lambda part: (-part[2].value, -part[2].sales.visitors, part[0] is None, part[0] or ""))
    if hidden:
        rest = [
            trees.added([side[key] for key in hidden if key in side] or [nobody], shared=shared)
            for side, nobody in zip(sides, empty, strict=True)
        ]
        parts.append((None, True, tree(rest[0]), tree(rest[1]) if before is not None else None))
    return parts


def _nobody(answer: SalesAnswer | None, is_day: bool, shared: bool) -> Sales:
    """A part that is not there; one of orders has the same people nevertheless."""
    if answer is None or not shared:
        return Sales()
    total = _people(answer.total, is_day)
    return Sales(visitors=total.visitors, daily=total.daily)


def _part(part: Part) -> dict[str, object]:
    key, is_others, now, before = part
    told: dict[str, object] = {"key": key, "others": is_others, **trees.document(now)}
    if before is not None:
        told["compared"] = trees.document(before)
    return told


def _tell_what_moved(
    answer: Answer, whole: Tree, earlier: Tree, parts: Sequence[Part], *, shared: bool
) -> None:
    pairs = [(now, before) for _key, _others, now, before in parts if before is not None]
    splits = trees.split_by_part(whole, earlier, pairs, shared=shared)
    changes = _changes([(now.sales, before.sales) for now, before in pairs], benjamini_hochberg)
    for told, split, tested in zip(
        cast("list[dict[str, object]]", answer["breakdown"]), splits, changes, strict=True
    ):
        told["change"], told["changes"] = split, tested
    names = ("visitors", "mix", "conversion", "average_order", "total")
    answer["split"] = {name: sum(split[name] for split in splits) for name in names}


def _changes(pairs: Sequence[tuple[Sales, Sales]], correct: Correction) -> list[list[dict[str, object]]]:
    """Of each pair (now, before) what differs, all tested ones being one family for `correct`."""
    found: list[list[tuple[str, Estimate, bool]]] = []
    for now, before in pairs:
        both = (
            ("conversion", trees.conversion_change(now, before), min(now.visitors, before.visitors)),
            ("average_order", trees.order_change(now, before), min(now.orders, before.orders)),
        )
        found.append([(name, gap, n >= ENOUGH) for name, gap, n in both if gap is not None])
    tested = [gap.p for each in found for _name, gap, is_enough in each if is_enough and gap.p is not None]
    corrected = correct(p_values=tested)
    verdicts = iter(zip(tested, corrected.adjusted.tolist(), corrected.clear.tolist(), strict=True))
    told = []
    for each in found:
        changes: list[dict[str, object]] = []
        for name, gap, is_enough in each:
            p, adjusted, clear = next(verdicts) if is_enough and gap.p is not None else (None, None, False)
            changes.append(
                {
                    "figure": name,
                    "difference": gap.value,
                    "ci": [gap.low, gap.high],
                    "p_value": p,
                    "p_adjusted": adjusted,
                    "clear": clear,
                }
            )
        told.append(changes)
    return told


def _warn(context: QueryContext, now: SalesAnswer) -> None:
    if now.unpriced:
        context.warnings.append(
            format_lazy(
                gettext_lazy("{number} orders have no value, so they are left out."), number=now.unpriced
            )
        )
    if now.total.daily and not _is_one_day(context.scope):
        context.warnings.append(
            format_lazy(
                gettext_lazy(
                    "{number} daily visitors without cookies are not among the visitors: over more than a day "
                    "nobody can tell how many people they are. The conversion is that of the others."
                ),
                number=now.total.daily,
            )
        )
    if now.total.orders and now.total.visitors == now.total.buyers:
        context.warnings.append(
            gettext_lazy(
                "Nobody is known but those who ordered, so the conversion says only how often they did. "
                "It takes visits from the website to say more."
            )
        )


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """The cancelled states and the answers about money."""
    return repr((sorted(context.workspace.cancelled_states), money_terms(context.workspace)))


register(
    Kind(
        name="revenue",
        fields=("compare",),
        run=revenue,
        breakdown=True,
        compares_segments=True,
        version=_version,
    )
)
