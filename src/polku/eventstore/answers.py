"""Answers row by row, for questions that set several answers of one person beside each other. Part of the port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from polku.eventstore.port import Scope, Selector

MOST_SELECTORS = 62

ANSWER_ROWS = pa.schema(
    [
        pa.field("arrival", pa.int64(), nullable=False),
        pa.field("selectors", pa.int64(), nullable=False),  # bit k is set where selector k takes the signal
        pa.field("person", pa.int64(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),  # UTC
        pa.field("order", pa.int64()),
        pa.field("response", pa.string()),  # what answers given together have in common
        pa.field("score", pa.float64()),
        pa.field("scale_low", pa.float64()),
        pa.field("scale_high", pa.float64()),
    ]
)


ASKED = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("question", pa.string()),  # the signals' property of that name
        pa.field("survey", pa.string()),  # the signals' property of that name
        pa.field("touchpoint", pa.int64()),
        pa.field("answers", pa.int64(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field(
            "responses", pa.list_(pa.uint64()), nullable=False
        ),  # a few: those of questions asked together meet
    ]
)


class AnswerRows(Protocol):
    def asked(self, workspace: str) -> pa.Table:
        """What was ever asked, one row of ASKED for each name, question and survey of scores, its touchpoint null, and
        one more for each name and touchpoint that they hit; most answers first."""

    def answer_rows(
        self,
        workspace: str,
        scope: Scope,
        selectors: Sequence[Selector],
        *,
        properties: Sequence[str] = (),
        by_touchpoint: bool = False,
    ) -> pa.Table:
        """Columns of ANSWER_ROWS, then `p0`, `p1` … with the values of `properties` as text (null where absent), of
        every signal in scope that any selector takes, in order of arrival. `response` is the signal's property of that
        name.

        `by_touchpoint` adds a column `touchpoint` (int64, null where none is hit): a signal that hits two has two rows.
        Without selectors there are no rows. Raises StoreError for more than MOST_SELECTORS."""
