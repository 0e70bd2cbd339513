"""Files made by earlier programs: brought up to date when they are first used, with all that they hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.schema import TABLES
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import Scope, StoreError
from tests.eventstore.first_release import FIRST_RELEASE
from tests.eventstore.streaming import stream_batch

KEY = "0123456789abcdef0123456789abcdef"


def columns(file: Path) -> dict[str, set[str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        found: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall():
            found.setdefault(table, set()).add(column)
        return found


@pytest.fixture
def old_file(tmp_path) -> Path:
    (tmp_path / KEY).mkdir()
    (tmp_path / KEY / "current").write_text("g000001.duckdb\n")
    file = tmp_path / KEY / "g000001.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(FIRST_RELEASE)
    return file


def test_an_old_file_holds_what_it_held_and_has_what_a_new_one_has(tmp_path, old_file):
    store = DuckDBStore(tmp_path)
    state = store.state(KEY)
    assert (state.version, state.signals, state.people) == (1, 1, 1)
    assert store.hits(KEY, Scope(), [1])["time"].to_pylist() == [datetime(2026, 3, 1)]
    new = "f" * 32
    store.create(new)
    store.close()
    assert columns(old_file) == columns(tmp_path / new / "g000001.duckdb")
    again = DuckDBStore(tmp_path)
    assert again.state(KEY) == state
    again.close()


def test_a_file_half_way_gets_the_rest(tmp_path, old_file):
    with duckdb.connect(str(old_file)) as connection:
        connection.execute("ALTER TABLE signal ADD COLUMN device BIGINT")
        connection.execute("CREATE TABLE kept_apart (identity BIGINT NOT NULL, other BIGINT NOT NULL)")
    instance = Instance(tmp_path)
    with instance.glance(KEY) as session:
        assert session.row(f"SELECT device, origin FROM {session.db}.signal") == (None, None)
    instance.close()
    assert columns(old_file).keys() == TABLES.keys()


def test_addresses_of_an_old_file_are_known_in_whatever_letters(tmp_path, old_file):
    with duckdb.connect(str(old_file)) as connection:
        connection.execute("UPDATE identity SET alias = 'Maija@Example.FI'")
    store = DuckDBStore(tmp_path)
    store.load_stream(
        KEY, stream_batch([{"id": 1, "user": "maija@example.fi", "user_kind": "email"}]), rules=[]
    )
    assert store.state(KEY).people == 1
    assert [each.alias for each in store.identities(KEY, 1)] == ["maija@example.fi"]
    store.close()


def test_a_file_that_cannot_be_brought_up_to_date_is_told_and_left_as_it_was(tmp_path, old_file):
    with duckdb.connect(str(old_file)) as connection:
        connection.execute("CREATE VIEW visit AS SELECT 1")
    before = old_file.read_bytes()
    store = DuckDBStore(tmp_path)
    for _twice in range(2):
        with pytest.raises(StoreError, match=r"g000001\.duckdb"):
            store.state(KEY)
    store.close()
    assert old_file.read_bytes() == before
