"""What others take for the questions of `bench.questions`. Runs in an environment of its own: see there.

    python _question_peers.py FOLDER

reads FOLDER/events.parquet and prints one JSON object: seconds by peer and question, and their answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

ZONE = "Europe/Helsinki"
WINDOW = 7 * 86_400_000_000
STEPS = [f"event {number}" for number in range(5)]
TOUCHPOINTS = [f"event {number}" for number in range(12)]
RUNS = 5
FEW = 1_000_000
"""Rows given to a peer that would take minutes for all."""


def listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def chdb_questions() -> dict[str, str]:
    conditions = ", ".join(f"name = '{name}'" for name in STEPS)
    day = f"toRelativeDayNum(time, '{ZONE}')"
    week = f"intDiv({day} + 3, 7)"
    return {
        # Rows that are no step are left out before, and times are whole numbers, as windowFunnel wants them.
        "funnel": f"""SELECT arraySum(x -> x >= number + 1, groupArray(level)) FROM (
            SELECT person, windowFunnel({WINDOW})(toUInt64(toUnixTimestamp64Micro(time)), {conditions}) AS level
            FROM e WHERE name IN ({listed(STEPS)}) GROUP BY person)""",
        "transitions": """SELECT sum(c) FROM (SELECT a, b, count() AS c FROM (
            SELECT name AS b, lagInFrame(name) OVER w AS a, row_number() OVER w AS n FROM e
            WINDOW w AS (PARTITION BY person ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            ) WHERE n > 1 GROUP BY a, b ORDER BY c DESC)""",
        "transitions with waits": """SELECT sum(c) FROM (SELECT p.1, p.2, count() AS c, median(p.3) FROM (
            SELECT arrayJoin(arrayMap((x, y) -> (x.2, y.2, y.1 - x.1), arrayPopBack(s), arrayPopFront(s))) AS p
            FROM (SELECT arraySort(groupArray((time, name))) AS s FROM e GROUP BY person)
            ) GROUP BY 1, 2 ORDER BY c DESC)""",
        "retention": f"""SELECT first, {", ".join(f"countIf(bitTest(weeks, {k}))" for k in range(12))} FROM (
            SELECT min({week}) AS first,
                bitShiftRight(groupBitOr(bitShiftLeft(toUInt64(1), {week} - 2900)), first - 2900) AS weeks
            FROM e GROUP BY person) GROUP BY first ORDER BY first""",
        "trend": f"SELECT toDate(time, '{ZONE}') AS d, uniqExact(person) FROM e GROUP BY d ORDER BY d",
        "roll-up": f"""SELECT count(), uniqExact(person) FROM e WHERE name IN ({listed(TOUCHPOINTS)})
            GROUP BY name ORDER BY toUInt8(substring(name, 7))""",
        "bare scan": "SELECT sum(cityHash64(person, name, time)) FROM e",
    }


def chdb(folder: Path) -> dict[str, Any]:
    from chdb import session

    database = session.Session(str(folder / "chdb"))
    database.query("CREATE DATABASE b")
    database.query("USE b")
    database.query(
        "CREATE TABLE e (person Int32, name LowCardinality(String), time DateTime64(6)) "
        "ENGINE = MergeTree ORDER BY (person, time)"
    )
    database.query(
        f"INSERT INTO e SELECT person, name, fromUnixTimestamp64Micro(time) "
        f"FROM file('{folder / 'events.parquet'}')"
    )
    database.query("OPTIMIZE TABLE e FINAL")
    seconds, told = {}, {}
    for name, sql in chdb_questions().items():
        if name == "funnel":
            inner = sql[sql.index("FROM (") :]
            sql = "SELECT " + ", ".join(f"countIf(level >= {step})" for step in range(1, 6)) + " " + inner
        seconds[name], answer = measured(lambda sql=sql: str(database.query(sql, "JSONCompactColumns")))
        told[name] = json.loads(answer)
    return {"seconds": seconds, "told": told}


def polars(folder: Path) -> dict[str, Any]:
    import polars as pl

    frame = (
        pl.read_parquet(folder / "events.parquet").with_columns(pl.col("name").cast(pl.Categorical))
    ).sort("person", "time")
    local = pl.from_epoch("time", time_unit="us").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
    week = local.dt.truncate("1w").dt.date()

    def transitions() -> object:
        before = frame.lazy().with_columns(
            a=pl.col("name").shift(1),
            wait=pl.col("time") - pl.col("time").shift(1),
            same=pl.col("person") == pl.col("person").shift(1),
        )
        moves = before.filter("same").group_by("a", "name").agg(pl.len(), pl.col("wait").median())
        return moves.sort("len", descending=True).head(50).collect()

    def retention() -> object:
        weeks = frame.lazy().with_columns(week=week).select("person", "week").unique()
        begun = weeks.group_by("person").agg(first=pl.col("week").min())
        return weeks.join(begun, on="person").group_by("first", "week").len().collect()

    def trend() -> object:
        by_day = frame.lazy().with_columns(day=local.dt.date()).group_by("day")
        return by_day.agg(pl.col("person").n_unique()).sort("day").collect()

    def roll_up() -> object:
        chosen = frame.lazy().filter(pl.col("name").cast(pl.String).is_in(TOUCHPOINTS))
        return chosen.group_by("name").agg(pl.len(), pl.col("person").n_unique()).collect()

    questions: dict[str, Callable[[], object]] = {
        "transitions": transitions,
        "retention": retention,
        "trend": trend,
        "roll-up": roll_up,
    }
    return {"seconds": {name: measured(question, runs=2)[0] for name, question in questions.items()}}


def retentioneering(folder: Path) -> dict[str, Any]:
    import pandas
    import pyarrow.parquet as pq
    from retentioneering import Eventstream

    frame = pq.read_table(folder / "events.parquet").slice(0, FEW).to_pandas()
    stream = Eventstream(
        pandas.DataFrame(
            {
                "user_id": frame["person"],
                "event": frame["name"],
                "timestamp": pandas.to_datetime(frame["time"], unit="us"),
            }
        )
    )
    questions = {
        "funnel": lambda: stream.funnel_data(steps=STEPS),
        "transitions": lambda: stream.transition_graph_data(edge_weight="count"),
    }
    return {
        "rows": len(frame),
        "seconds": {name: measured(question, runs=2)[0] for name, question in questions.items()},
    }


def measured(question: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    taken = []
    for _run in range(runs):
        begun = time.perf_counter()
        answer = question()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), answer


def main() -> None:
    folder = Path(sys.argv[1])
    found = {}
    with contextlib.redirect_stdout(io.StringIO()):  # some of them greet
        for peer in (chdb, polars, retentioneering):
            found[peer.__name__] = peer(folder)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
