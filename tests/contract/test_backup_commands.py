"""`polku backup` and `polku restore` beside a server and without one, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.contract.test_postgresql import database_url  # noqa: F401 - a fixture

pytestmark = pytest.mark.contract
EVENTS = "who,what,when\n" + "".join(
    f"p{number % 40},Osto,2026-03-{1 + number % 28:02}T10:00:{number % 60:02}Z\n" for number in range(400)
)
QUESTION = {"kind": "trend", "select": {"event": "Osto"}, "interval": "day", "measure": "persons"}


def fill(command, tmp_path: Path) -> None:
    command.json("workspace", "create", "Kauppa Oy")
    command.json(
        "user", "create", "aino@example.com", "--workspace", "kauppa-oy", "--password", "metsäpolku-42"
    )
    file = tmp_path / "events.csv"
    file.write_text(EVENTS)
    arguments = ["--event", "what", "--time", "when", "--person", "who"]
    assert (
        command.json("import", "events", str(file), "--workspace", "kauppa-oy", *arguments)["accepted"] == 400
    )


def answers(command) -> list[object]:
    journey = command.json("journey", "export", "1", "--workspace", "kauppa-oy")
    return [command.query("kauppa-oy", QUESTION)["points"], journey]


def change(command, tmp_path: Path) -> None:
    """What is done after the backup, and is gone after the restore."""
    command.json("workspace", "create", "Myöhempi")
    file = tmp_path / "more.csv"
    file.write_text("who,what,when\np1,Osto,2026-04-01T10:00:00Z\n")
    command.json(
        *["import", "events", str(file), "--workspace", "kauppa-oy"],
        *["--event", "what", "--time", "when", "--person", "who"],
    )


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_everything_is_as_it_was(command, tmp_path, database, request):
    if database == "postgresql":
        command.environment = {"DATABASE_URL": request.getfixturevalue("database_url")}
    command.start()
    fill(command, tmp_path)
    command.json("journey", "create", "--workspace", "kauppa-oy", "--template", "four-phases")
    expected = answers(command)
    file = tmp_path / "backup.tar"
    made = command.json("backup", str(file))
    assert (made["workspaces"], made["signals"]) == (1, 400)
    change(command, tmp_path)
    assert answers(command) != expected

    refused = command.run("restore", str(file), "--yes")
    assert (refused.returncode, "Stop it" in refused.stderr) == (1, True)
    assert command.stop() == 0
    assert command.run("restore", str(file), input="n\n").returncode == 1
    restored = command.json("restore", str(file), "--yes")
    assert restored["signals"] == 400
    if database == "sqlite":
        with sqlite3.connect(Path(restored["aside"]) / "polku.sqlite3") as aside:
            assert aside.execute("SELECT count(*) FROM accounts_workspace").fetchone() == (2,)
    command.start()
    assert answers(command) == expected
    # Numbers go on where they were: nothing new may meet an old one.
    assert command.json("workspace", "create", "Uusi")["workspace"] == "uusi"
    assert command.stop() == 0
