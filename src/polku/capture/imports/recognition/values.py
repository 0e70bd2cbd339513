"""The value of an order: which column holds it, and whether rows are whole orders or their lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from polku.capture.imports.recognition.roles import Roles
from polku.capture.imports.recognition.words import plain, weight

_ITEM = re.compile(
    r".*(?:tuote|product|variant|artikkeli|nimike|quantity|maara|\b(?:sku|ean|items?|rivi|line|lineitem|qty|kpl|lkm)\b).*"
)


def value_of(roles: Roles, order: str, answers: Mapping[str, str]) -> tuple[str, bool, str]:
    """(the column of the value, whether rows are order lines, what to suggest where that must be asked)."""
    found = roles.amount()
    repeated = _repeats(roles, order)
    totals = [entry for entry in found if entry[2] == "order"]
    lines = [entry for entry in found if entry[2] != "order"]
    given = answers.get("lines")
    if not repeated and given != "lines":
        best = totals or lines
        pick = roles.pick("value", ((column, sure) for column, sure, _sort in best), ask=True)
        sort = next((sort for column, _sure, sort in found if column.name == pick.column), "")
        if sort == "price" and _counts_more_than_one(roles):
            roles.doubts["value"] = tuple(column.name for column, _sure, _sort in found)
        if not best and "value" not in roles.answers:
            money = [column.name for column in roles.columns if column.meaning == "money" and column.usable]
            if unclear := money or roles.unread_amounts():
                roles.doubts["value"] = tuple(unclear)
        return pick.column, sort == "line" and given != "orders", ""
    best = totals if totals and (given == "orders" or not lines) else lines or totals
    if given != "lines" and totals and all(repeated.get(column.name) for column, _sure, _sort in totals):
        best = totals
    pick = roles.pick("value", ((column, sure) for column, sure, _sort in best), ask=True)
    if not pick.column:
        if "value" not in roles.answers and (unclear := roles.unread_amounts()):
            roles.doubts["value"] = tuple(unclear)
        return "", False, ""
    if given:
        return pick.column, given == "lines", ""
    sort = next((sort for column, _sure, sort in found if column.name == pick.column), "order")
    if sort == "price" and _counts_more_than_one(roles):
        roles.doubts["value"] = tuple(column.name for column, _sure, _sort in found)
    if sort == "line":
        return pick.column, True, ""
    constant = repeated.get(pick.column, False)
    if not constant and (sort == "price" or item_columns(roles)):
        return pick.column, True, ""
    return pick.column, not constant, "orders" if constant else "lines"


def _repeats(roles: Roles, order: str) -> dict[str, bool]:
    """Empty where no order has several rows; else column of money → whether it says the same on all rows of each."""
    column = roles.named(order)
    if column is None:
        return {}
    rows: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(column.cells):
        if cell.strip():
            rows[cell.strip()].append(number)
    several = [numbers for numbers in rows.values() if len(numbers) > 1]
    if not several:
        return {}
    return {
        "": False,
        **{
            amount.name: all(
                len({amount.cells[number].strip() for number in numbers}) == 1 for numbers in several
            )
            for amount, _sure, _sort in roles.amount()
        },
    }


def _counts_more_than_one(roles: Roles) -> bool:
    return any(
        column.amounts and column.amounts.high > 1
        for column in roles.columns
        if weight(column.name, "quantity")
    )


def item_columns(roles: Roles) -> tuple[str, ...]:
    """Columns that tell of what an order holds, one row each."""
    return tuple(
        column.name for column in roles.columns if column.usable and _ITEM.fullmatch(plain(column.name))
    )
