"""Contracts, refunds and marketing spend: what speaks for them, and the imports they become."""

from __future__ import annotations

import re
from collections.abc import Mapping

from polku.capture.imports.options import ImportKind
from polku.capture.imports.recognition.building import Proposed, finish, options_of, unit_of
from polku.capture.imports.recognition.columns import Column
from polku.capture.imports.recognition.roles import Pick, Roles
from polku.capture.imports.recognition.words import (
    AGREEMENT,
    CONTRACT_END,
    CONTRACT_START,
    CONTRACT_VALUE,
    REFUND_AMOUNT,
    REFUND_TIME,
    SPEND_AMOUNT,
    TIMES,
    Table,
    match_weight,
    plain,
    weight,
)


def points_of(roles: Roles) -> dict[ImportKind, int]:
    """The points by which the columns speak for each of these kinds."""
    points: dict[ImportKind, int] = {}
    person, address = roles.person()
    order = roles.word("order")
    says_contract = any(re.fullmatch(AGREEMENT, plain(column.name)) for column in roles.columns)
    if _moment(roles, "start", CONTRACT_START).column and (person.column or address) and says_contract:
        points["contracts"] = 12
    told = max((sure for _column, sure, _sort in roles.amount()), default=0)
    if order.column and told < 2 and _amount(roles, "value", REFUND_AMOUNT).column and _is_dated(roles):
        points["refunds"] = 12
    source = roles.word("source").column or roles.word("campaign").column
    if source and not order.column and not person.column and not address:
        amount = _amount(roles, "amount", SPEND_AMOUNT)
        if amount.column and _is_dated(roles):
            points["spend"] = 12
    return points


def contracts(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    """When each contract started and ended."""
    person, address = roles.person()
    start = _moment(roles, "start", CONTRACT_START, ask=True)
    end = _moment(roles, "end", CONTRACT_END)
    contract = roles.word("contract").column
    unit = unit_of(roles, person, Pick())
    value = _amount(roles, "value", CONTRACT_VALUE)
    options = options_of(
        roles,
        person=unit,
        start=start.column,
        end=end.column if end.column != start.column else "",
        id=(contract,) if contract and contract != unit else (),
        value=value.column,
    )
    lacking = () if start.column else ("start",)
    return finish(roles, [("contracts", options)], unit, lacking, address)


def refunds(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    """What was given back of which order."""
    order = roles.word("order", ask=True)
    told = _moment(roles, "time", REFUND_TIME)
    time = told if told.column else roles.time("any")
    value = _amount(roles, "value", REFUND_AMOUNT)
    if not value.column and "value" not in roles.answers:
        value = roles.pick("value", ((column, sure) for column, sure, _sort in roles.amount()), ask=True)
    row = roles.word("refund").column
    reason = roles.word("reason").column
    options = options_of(
        roles,
        order=order.column,
        time=time.column,
        value=value.column,
        reason=reason,
        id=(row,) if row and row not in (order.column, value.column) else (),
    )
    found = (("order", order), ("time", time), ("value", value))
    lacking = tuple(role for role, pick in found if not pick.column)
    return finish(roles, [("refunds", options)], order.column or "-", lacking, "")


def spend(roles: Roles, answers: Mapping[str, str]) -> Proposed:
    """What marketing cost a day, by source."""
    day = roles.pick("day", _days(roles), ask=True)
    source, medium, campaign = (roles.word(role) for role in ("source", "medium", "campaign"))
    if not source.column and "source" not in roles.answers:
        source, campaign = campaign, Pick()  # the export of one advertiser: its campaigns are told apart
    amount = _amount(roles, "amount", SPEND_AMOUNT)
    if not amount.column and "amount" not in roles.answers:
        amount = roles.pick("amount", ((column, sure) for column, sure, _sort in roles.amount()), ask=True)
    options = options_of(
        roles,
        keeps=False,
        day=day.column,
        source=source.column,
        amount=amount.column,
        medium=medium.column if medium.column != source.column else "",
        campaign=campaign.column if campaign.column != source.column else "",
    )
    found = (("day", day), ("source", source), ("amount", amount))
    lacking = tuple(role for role, pick in found if not pick.column)
    return finish(roles, [("spend", options)], source.column or "-", lacking, "")


def _is_dated(roles: Roles) -> bool:
    return any(column.usable and column.meaning in ("time", "day") for column in roles.columns)


def _days(roles: Roles) -> list[tuple[Column, int]]:
    return [
        (column, max(1, match_weight(column.name, TIMES["any"])))
        for column in roles.columns
        if column.meaning in ("time", "day")
    ]


def _moment(roles: Roles, role: str, table: Table, *, ask: bool = False) -> Pick:
    """The column of times that is called so; one whose cells are all empty may be the end of what goes on."""
    wanted = ("time", "day", "empty") if role == "end" else ("time", "day")
    return roles.pick(
        role,
        ((column, match_weight(column.name, table)) for column in roles.columns if column.meaning in wanted),
        ask=ask,
    )


def _amount(roles: Roles, role: str, table: Table) -> Pick:
    return roles.pick(
        role,
        (
            (column, match_weight(column.name, table))
            for column in roles.columns
            if column.meaning in ("money", "number") and not weight(column.name, "quantity")
        ),
    )
