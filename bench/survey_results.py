"""Results of a survey with many answers: its page, a search, and what exporting them takes of time and memory.

POLKU_BENCH_ANSWERS is how many (100,000); with a million, what QUALITY asks of exports.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ANSWERS = int(os.environ.get("POLKU_BENCH_ANSWERS", "100000"))
PROMISED_PAGE = 1.0  # seconds, once read
PROMISED_GROWTH = 100.0  # MiB
_MADE = 5_000
_WORDS = (
    "toimitus",
    "nopea",
    "hidas",
    "palvelu",
    "hinta",
    "kallis",
    "paketti",
    "kengät",
    "jono",
    "kiitos",
    "valikoima",
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-") as folder:
        os.environ |= {"POLKU_HOME": folder, "DJANGO_SETTINGS_MODULE": "polku.config.settings"}
        import django

        django.setup()
        failed = _measure(Path(folder))
    if failed:
        raise SystemExit(1)


def _measure(home: Path) -> bool:
    from django.core.management import call_command
    from django.test import Client
    from django_scopes import scope

    from polku.accounts import domain as accounts
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store
    from polku.surveys.results import columns, texts
    from polku.surveys.results.asked import versions_of
    from polku.surveys.results.exports import files
    from polku.surveys.results.exports.fields import fields_of
    from polku.surveys.results.exports.rows import Wanted

    call_command("migrate", verbosity=0)
    use_store(DuckDBStore(home / "events"))
    owner = accounts.create_user(email="owner@example.com", name="Owner")
    workspace, *_keys = accounts.create_workspace(name="Bench", owner=owner)
    survey = _fill(workspace)
    client = Client(HTTP_HOST="localhost")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/w/{workspace.slug}/surveys/{survey.pk}/results/"
    print(f"{ANSWERS:,} answers to {len(survey.draft['questions'])} questions")
    with scope(workspace=workspace):
        versions = versions_of(survey)
    fields, failed = fields_of(versions, "fi"), False
    next(files.csv_pieces(survey, versions, fields, Wanted(), "labels"))

    def xlsx() -> None:
        with tempfile.TemporaryFile() as file:
            files.write_xlsx(file, survey, versions, fields, Wanted(), "labels")

    ways: dict[str, Callable[[], Any]] = {
        "csv": lambda: _drained(files.csv_pieces(survey, versions, fields, Wanted(), "labels")),
        "json": lambda: _drained(files.json_pieces(survey, versions, fields, Wanted())),
        "xlsx": xlsx,
    }
    for name, way in ways.items():
        with _growth() as grown:
            took = _timed(way)
        failed |= grown[0] > PROMISED_GROWTH
        print(
            f"{name}: {took:.1f} s, {ANSWERS / took:,.0f} answers/s; memory grows by {grown[0]:.0f} MiB, "
            f"{grown[0] / PROMISED_GROWTH:.2f} of what is promised"
        )
    client.get(f"/w/{workspace.slug}/surveys/")  # what any first page loads
    first = _timed(lambda: client.get(address))
    again = min(_timed(lambda: client.get(address)) for _ in range(5))
    print(
        f"page, first after a start: {first:.2f} s; then {again:.2f} s, {again / PROMISED_PAGE:.2f} of what is promised"
    )
    with scope(workspace=workspace):
        kept = columns.columns_of(survey, versions)
    search = min(_timed(lambda: texts.found_in(kept.words, "toimitus nopea")) for _ in range(3))
    comments = len(kept.words) - kept.words.null_count
    print(
        f"search for two words in {comments:,} comments: {search:.3f} s; kept in memory: {kept.size / 2**20:.0f} MiB"
    )
    return failed or again > PROMISED_PAGE


def _fill(workspace: Any) -> Any:
    """Some answers by the models, and copies of them by the database."""
    from django.db import connection

    from tests.surveys.results.answered import SHOP, answer, make_survey

    survey = make_survey(workspace, SHOP)
    rows = [
        {
            "recommend": number % 11,
            "satisfied": 1 + number % 5,
            "where": ("shop", "web", "other")[number % 3],
            "liked": [["price"], ["range"], ["price", "range"]][number % 3],
            "fields": {"store": ("Oulu", "Turku", "Pori")[number % 3]},
        }
        | ({"why": " ".join(_WORDS[(number + k * k) % len(_WORDS)] for k in range(12))} if number % 2 else {})
        for number in range(min(_MADE, ANSWERS))
    ]
    answer(survey, rows)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA table_info(surveys_response)")
        names = [f'"{row[1]}"' for row in cursor.fetchall() if row[1] != "id"]
        copied = ["lower(hex(randomblob(16)))" if name == '"number"' else name for name in names]
        for _ in range(ANSWERS // _MADE - 1):
            cursor.execute(
                f"INSERT INTO surveys_response ({', '.join(names)}) SELECT {', '.join(copied)} "
                f"FROM surveys_response ORDER BY id LIMIT {_MADE}"
            )
    return survey


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _drained(pieces: Iterator[bytes]) -> None:
    for _piece in pieces:
        pass


@contextmanager
def _growth() -> Iterator[list[float]]:
    """How far the process's memory rises above what it is now, MiB."""
    before, found, done = _resident(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            found[0] = max(found[0], _resident() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
