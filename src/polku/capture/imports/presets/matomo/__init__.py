"""Matomo: its log of visits. One row per visit, with numbered columns for each of its actions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets.preset import Form, Preset, Proposal
from polku.capture.imports.presets.table import Table

_ACTION = re.compile(r"timestamp (\(actionDetails \d+\))")
_DETAILS = ("pageTitle", "eventCategory", "eventAction", "eventName", "goalName")
_ACTIONS = ("type", "timestamp", "url", "orderId", "revenue", *_DETAILS)
_VISIT = ("deviceType", "country", "city", "referrerName", "campaignName", "languageCode", "visitorType")


def _propose(table: Table) -> Iterator[Proposal]:
    found = [match[1] for column in table.columns if (match := _ACTION.fullmatch(column))]
    # Few actions have an order or a goal: the columns are called as those of the action that has most of them.
    actions = sorted(found, key=lambda text: -len(table.those(*(f"{name} {text}" for name in _ACTIONS))))
    actions.sort(key=lambda text: table.column(f"orderId {text}") is None)
    first = actions[0]
    user = table.column("userId")
    # A browser may have several users, so that neither id says of the other who it is.
    known = table.filled(user) == 1
    yield Proposal(
        "events",
        ImportOptions(
            person=user if known else table.column("visitorId"),
            event=table.column(f"type {first}"),
            time=table.column(f"timestamp {first}"),
            url=table.column(f"url {first}"),
            order=table.column(f"orderId {first}"),
            value=table.column(f"revenue {first}"),
            session=table.column("idVisit"),
            channel=table.column("referrerTypeName", "referrerType"),
            properties=table.those(
                *(f"{name} {first}" for name in _DETAILS),
                *_VISIT,
                *(() if known else ("userId",)),
            ),
            repeated=tuple(actions),
        ),
        timezone="UTC",
    )


PRESET = Preset(
    key="matomo",
    name="Matomo",
    forms=(
        Form(
            signature=(
                ("idVisit",),
                ("visitorId",),
                ("type (actionDetails 0)",),
                ("timestamp (actionDetails 0)",),
            ),
            propose=_propose,
        ),
    ),
)
