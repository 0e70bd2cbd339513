"""Marketing spend: a sheet's rows as amounts by day, source, medium and campaign."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import ngettext

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.reasons import Reason
from polku.capture.imports.sheet import Sheet
from polku.capture.imports.signals import take

SPEND_BATCH = pa.schema(
    [
        pa.field("day", pa.date32(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("medium", pa.string(), nullable=False),
        pa.field("campaign", pa.string(), nullable=False),
        pa.field("amount", pa.float64(), nullable=False),
    ]
)
"""One row an amount: `medium` and `campaign` are "" where the file does not tell them."""
_LONGEST = 200  # characters of a name; as long as analytics.models.SpendDay keeps
_LARGEST = 1e13


def write_spend(sheet: Sheet, options: ImportOptions, path: Path) -> int:
    """Write the amounts of a sheet to Parquet; returns how many.

    Rows of the same day, source, medium and campaign are added up: advertisers export a row for each advertisement.
    """
    day, source, amount = str(options.day), str(options.source), str(options.amount)
    if options.skip_empty:
        sheet.leave_out(sheet.empty(amount) & sheet.empty(source))
    sheet.reject(sheet.empty(day), Reason.NO_TIME, day)
    sheet.prepare_moments([day])
    days, known = sheet.days(day)
    sheet.reject(sheet.empty(source), Reason.NO_SOURCE, source)
    sums = sheet.numbers(amount)
    sheet.reject(np.isnan(sums), Reason.NO_AMOUNT, amount)
    sheet.reject(np.abs(np.nan_to_num(sums)) >= _LARGEST, Reason.BAD_NUMBER, amount)
    rows = np.flatnonzero(sheet.accepted & known)

    def name(column: str | None) -> pa.Array | pa.ChunkedArray:
        if column is None:
            return pa.repeat(pa.scalar("", pa.string()), rows.size)
        text = pc.replace_substring(pc.fill_null(take(sheet.text(column), rows), ""), "\0", "")
        return pc.utf8_slice_codeunits(text, 0, _LONGEST)

    told = pa.table(
        {
            "day": pa.array(days[rows].astype(np.int32)).cast(pa.date32()),
            "source": name(source),
            "medium": name(options.medium),
            "campaign": name(options.campaign),
            "amount": pa.array(sums[rows]),
            "row": pa.array(rows),
        }
    )
    with duckdb.connect(":memory:") as connection:
        connection.register("all_told", told)
        together = connection.sql(
            "SELECT sum(amount) OVER (PARTITION BY day, source, medium, campaign) AS amount FROM all_told ORDER BY row"
        ).fetchnumpy()["amount"]
        fits = np.abs(together) < _LARGEST
        too_large = np.zeros(sheet.size, dtype=np.bool_)
        too_large[rows[~fits]] = True
        sheet.reject(too_large, Reason.BAD_NUMBER, amount)
        told = told.filter(pa.array(fits))
        connection.register("told", told)
        added_up = connection.sql(
            "SELECT day, source, medium, campaign, sum(amount) AS amount FROM told GROUP BY ALL ORDER BY ALL"
        ).to_arrow_table()
    pq.write_table(added_up.cast(SPEND_BATCH), path, compression="lz4")
    count = int(told.num_rows - added_up.num_rows)
    if count:
        sheet.warnings.append(
            ngettext(
                "%(count)s row was added to another of the same day, source, medium and campaign.",
                "%(count)s rows were added to others of the same day, source, medium and campaign.",
                count,
            )
            % {"count": count}
        )
    return int(added_up.num_rows)
