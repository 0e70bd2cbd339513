"""The journey query and the panel on 250,000 events of 20,000 people at 15 touchpoints: first asked, and again."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PEOPLE, EVENTS, ORDERS, ANSWERS, CONTACTS, DAYS = 20_000, 250_000, 8_000, 6_000, 3_000, 120
STAGES, PER_STAGE = 5, 3
PROMISED_COLD_MS = 1_500
PROMISED_WARM_MS = 30
ROUNDS = 30
FIRST_DAY, LAST_DAY = "2026-01-01", "2026-05-01"


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["POLKU_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
        import django

        django.setup()
        _measure(Path(home))


def _measure(home: Path) -> None:
    from django.core.management import call_command
    from django_scopes import scope

    from polku.accounts.models import Workspace
    from polku.analytics import questions
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store
    from polku.journeys.live import reading
    from polku.journeys.models import Touchpoint
    from polku.journeys.panel import touchpoint_panel

    call_command("migrate", verbosity=0)
    store = DuckDBStore(home / "bench-events")
    use_store(store)
    workspace = Workspace.objects.create(name="Bench", slug="bench")
    store.create(workspace.key.hex)
    journey = _draw(workspace)
    _load(store, workspace)
    last_four_weeks = {"from": "2026-04-03", "to": LAST_DAY}
    four_before = {"from": "2026-03-06", "to": "2026-04-03"}
    questions_asked: dict[str, dict[str, object]] = {
        "all 120 days": {},
        "28 days": {"range": last_four_weeks},
        "28 days, compared with the 28 before": {"range": last_four_weeks, "compare": four_before},
        "28 days, one channel": {
            "range": last_four_weeks,
            "where": [{"property": "channel", "op": "eq", "value": "web"}],
        },
    }
    for name, more in questions_asked.items():
        query = {"kind": "journey", "journey": journey.pk, **more}

        def cold(query: dict[str, object] = query) -> object:
            questions.answers.clear()
            reading.forget()
            return questions.run(workspace, query)

        def edited(query: dict[str, object] = query) -> object:
            questions.answers.clear()
            return questions.run(workspace, query)

        def warm(query: dict[str, object] = query) -> object:
            return questions.run(workspace, query)

        _report(f"{name}: cold", cold, 5, PROMISED_COLD_MS)
        _report(f"{name}: after an edit of the map", edited, 10, None)
        _report(f"{name}: warm", warm, ROUNDS, PROMISED_WARM_MS)
    with scope(workspace=workspace):
        touchpoint = Touchpoint.objects.get(name="Touchpoint 4")

        def panel() -> object:
            return touchpoint_panel(workspace=workspace, touchpoint=touchpoint, range=last_four_weeks)

        started = time.perf_counter()
        panel()
        print(f"panel of 28 days, first: {1000 * (time.perf_counter() - started):.0f} ms")
        _report("panel of 28 days, again", panel, 10, None)
    use_store(None)
    store.close()


def _report(name: str, ask: Callable[[], object], rounds: int, promised: int | None) -> None:
    times = []
    for _round in range(rounds):
        started = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - started))
    line = f"{name}: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms"
    if promised is not None:
        line += f"; promised {promised} ms, ratio {statistics.median(times) / promised:.2f}"
    print(line, flush=True)


def _draw(workspace):
    from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey

    journey = create_journey(workspace=workspace, name="Bench")
    for stage_number in range(STAGES):
        stage = add_stage(journey=journey, name=f"Stage {stage_number}")
        for number in range(stage_number * PER_STAGE, (stage_number + 1) * PER_STAGE):
            touchpoint = add_touchpoint(stage=stage, name=f"Touchpoint {number}", assumed_feeling=0.2)
            for kind, name in (("event", f"event {number}"), ("contact", f"reason {number}")):
                add_binding(touchpoint=touchpoint, kind=kind, names=[name], rebuild=False)
            where = [{"property": "place", "op": "eq", "value": str(number)}]
            add_binding(touchpoint=touchpoint, kind="score", names=["csat"], where=where, rebuild=False)
    return journey


def _load(store, workspace) -> None:
    """Visits that go through the stages for a week, ever fewer; orders, answers and contacts anywhere."""
    import numpy as np
    import pyarrow as pa

    from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH
    from polku.eventstore.registry import hit_rules

    random = np.random.default_rng(0)
    total = EVENTS + ANSWERS + CONTACTS
    kind = np.repeat([1, 2, 3], [EVENTS, ANSWERS, CONTACTS])
    person = random.integers(0, PEOPLE, total)
    touchpoint = np.minimum(random.geometric(0.14, total) - 1, STAGES * PER_STAGE - 1)
    start = np.datetime64(FIRST_DAY).astype("datetime64[us]").astype(np.int64)
    arrived = random.integers(0, DAYS * 86_400_000_000, PEOPLE)
    time_ = start + (arrived[person] + touchpoint * random.integers(0, 43_200_000_000, total)) % (
        DAYS * 86_400_000_000
    )
    names = np.where(
        kind == 1,
        np.char.add("event ", touchpoint.astype(str)),
        np.where(kind == 2, "csat", np.char.add("reason ", touchpoint.astype(str))),
    )
    answered = kind == 2
    browsers = np.array(["Safari", "Chrome", "Firefox"])[person % 3]
    properties = [
        f'{{"place":"{place}","browser":"{browser}"}}'
        for place, browser in zip(touchpoint.tolist(), browsers.tolist(), strict=True)
    ]
    absent = np.full(total, None)
    columns = {
        "message_id": [f"{number:032x}" for number in range(total)],
        "kind": kind,
        "name": names,
        "time": time_,
        "person": np.char.add("p", person.astype(str)),
        "channel": np.where(random.random(total) < 0.6, "web", "mobile"),
        "score": np.where(answered, random.integers(1, 6, total), np.nan),
        "scale_low": np.where(answered, 1.0, np.nan),
        "scale_high": np.where(answered, 5.0, np.nan),
        "text": np.where(answered, "Kaikki sujui hyvin.", None),
        "properties": properties,
    }
    store.load_signals(
        workspace.key.hex,
        _table(SIGNAL_BATCH, columns, absent),
        rules=hit_rules(workspace.key.hex),
    )
    bought = {
        "message_id": [f"{number:032x}" for number in range(total, total + ORDERS)],
        "order": [f"o{number}" for number in range(ORDERS)],
        "person": np.char.add("p", random.integers(0, PEOPLE, ORDERS).astype(str)),
        "time": start + random.integers(0, DAYS * 86_400_000_000, ORDERS),
        "value": random.lognormal(4, 1, ORDERS).round(2),
        "channel": np.full(ORDERS, "web"),
    }
    store.load_orders(workspace.key.hex, _table(ORDER_BATCH, bought, absent[:ORDERS]), rules=())
    people = {
        "person": np.char.add("p", np.arange(PEOPLE).astype(str)),
        "properties": [
            f'{{"city":"{city}","name":"Name {number}","customer":"{kind}"}}'
            for number, (city, kind) in enumerate(
                zip(
                    random.choice(["Oulu", "Turku", "Espoo", "Vaasa"], PEOPLE).tolist(),
                    random.choice(["new", "returning"], PEOPLE).tolist(),
                    strict=True,
                )
            )
        ],
    }
    store.load_people(workspace.key.hex, pa.table(_table(PERSON_BATCH, people, absent[:PEOPLE])))


def _table(schema, columns, absent):
    """A table of `schema`; columns not given are null, NaN is null."""
    import pyarrow as pa

    return pa.table(
        [pa.array(columns.get(field.name, absent), field.type, from_pandas=True) for field in schema],
        schema=schema,
    )


if __name__ == "__main__":
    main()
