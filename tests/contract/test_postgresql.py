"""Definitions and accounts on a real PostgreSQL, by DATABASE_URL: the same commands, the same answers."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from polku.config.pages import Pages
from polku.eventstore.duckdb.instance import QUESTIONS_AT_ONCE
from polku.eventstore.places import WAITING_OF_ALL
from tests.contract.conftest import Command
from tests.lacking import lacking
from tests.robustness.survey_server import assert_one_of_fifty, publish

pytestmark = pytest.mark.contract


def _binaries() -> Path | None:
    """Debian keeps each version's programs together; elsewhere they are on PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@pytest.fixture(scope="module")
def database_url():
    """A cluster of its own on a Unix socket; PostgreSQL refuses to run as root, so root hands it to `postgres`."""
    binaries = _binaries()
    if binaries is None:
        lacking("PostgreSQL's server (`make system` installs it)")
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    user = "postgres" if as_postgres else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="polku-postgresql-"))
    if as_postgres:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_postgres, str(binaries / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    run(
        "initdb",
        "--pgdata",
        str(data),
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--no-sync",
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run(
        "pg_ctl", "start", "--wait", "--pgdata", str(data), "--log", str(folder / "log"), "--options", options
    )
    try:
        run("createdb", "--host", str(folder), "polku")
        yield f"postgresql://{user}@{str(folder).replace('/', '%2F')}/polku"
    finally:
        run("pg_ctl", "stop", "--mode", "immediate", "--pgdata", str(data))
        shutil.rmtree(folder)


@pytest.fixture
def command(tmp_path):
    """In a home without anything: the database of other tests' homes would hide that one is made."""
    made = Command(tmp_path / "home")
    yield made
    if made.server is not None:
        made.stop()


def test_the_main_commands_work_on_postgresql(command, database_url, tmp_path):
    command.environment = {"DATABASE_URL": database_url}
    command.start()
    command.json("workspace", "create", "Kauppa Oy")
    assert (
        command.json("user", "create", "Mari@Example.com", "--workspace", "kauppa-oy")["user"]
        == "mari@example.com"
    )
    path = tmp_path / "scores.csv"
    path.write_text(
        "who,when,score\n" + "".join(f"p{i},2026-09-01 10:00,{i % 11}\n" for i in range(110)),
        encoding="utf-8",
    )
    loaded = command.json(
        "import", "scores", str(path), "--workspace", "kauppa-oy", "--metric", "nps", "--scale", "0-10",
        "--person", "who", "--time", "when", "--score", "score",
    )  # fmt: skip
    assert loaded["accepted"] == 110
    journey = command.json("journey", "create", "--template", "four-phases", "--workspace", "kauppa-oy")
    command.stop()
    answer = command.query("kauppa-oy", {"kind": "journey", "journey": journey["journey"]})
    assert len(answer["stages"]) == 4
    assert command.query("kauppa-oy", {"kind": "score", "metric": "nps"})["groups"][0]["n"] == 110
    assert not (command.home / "polku.sqlite3").exists()


def test_one_survey_token_posted_fifty_times_at_once_is_one_answer_on_postgresql(command, database_url):
    """There is no lock of the whole database here: fifty transactions of one invitation run side by side."""
    command.environment = {"DATABASE_URL": database_url}
    named = publish(command, invitations=1)["personal"][0]
    anonymous = publish(command, invitations=1, workspace="Nimetön", is_anonymous=True)["personal"][0]
    command.start()
    assert_one_of_fifty(command.address + named, command)
    assert_one_of_fifty(command.address + anonymous, command, person="")
    command.stop()


def test_requests_take_no_more_connections_than_postgresql_gives_nor_one_workspace_all_of_them():
    """Each thread that answers keeps a connection; without settings of its own PostgreSQL gives 97. In a rush of 240
    requests, 128 threads failed every eighth."""
    pages = Pages()
    threads = [pool._max_workers for pool in (pages._pages, pages._answers)]
    assert sum(threads) <= 97 - 5  # the loader, jobs, daily work and answers worked out ahead have theirs
    assert min(threads) >= WAITING_OF_ALL + QUESTIONS_AT_ONCE + 8
