"""A key that never was, one that was revoked and none at all: nobody can tell them apart, not even by a stopwatch."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import statistics
from contextlib import closing

import pytest

from tests.robustness.sending import Answer, credentials, track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness
KEYS = 300
BODY = json.dumps({"batch": [track(str(each)) for each in range(20)]}).encode()


def _keys(kind: str) -> list[str]:
    return [f"pk_{kind}{each:04d}".ljust(46, "x") for each in range(KEYS)]


def _revoke(shop: Shop, keys: list[str]) -> None:
    """Keep the keys as if they had been made and revoked long ago."""
    with closing(sqlite3.connect(shop.home / "polku.sqlite3")) as database, database:
        database.executemany(
            "INSERT INTO accounts_apikey (workspace_id, kind, name, prefix, digest, created_at, revoked_at)"
            " SELECT id, 'write', 'old', substr(?, 1, 8), ?, '2026-01-01 00:00:00', '2026-01-02 00:00:00'"
            " FROM accounts_workspace",
            [(key, hashlib.sha256(key.encode()).hexdigest()) for key in keys],
        )


def _shown(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "date"))
    return answer.status, headers, answer.body


def test_refusals_are_the_same_in_words_and_in_time(shop: Shop):
    unknown, revoked = _keys("unknown"), _keys("revoked")
    _revoke(shop, revoked)
    shop.start()
    with shop.connect() as connection:

        def ask(headers: dict[str, str]) -> Answer:
            return connection.ask("POST", "/v1/batch", BODY, headers | {"Content-Type": "application/json"})

        assert ask(credentials(shop.write_key)).status == 200
        told = {_shown(ask({})), _shown(ask(credentials(shop.api_key))), _shown(ask(credentials("short")))}
        for time in ("the first time", "again"):
            seconds: dict[str, list[float]] = {"unknown": [], "revoked": []}
            for pair in zip(unknown, revoked, strict=True):
                # In turns, so that whatever else the machine does meets both alike.
                for name, key in zip(seconds, pair, strict=True):
                    answer = ask(credentials(key))
                    seconds[name].append(answer.seconds)
                    told.add(_shown(answer))
            share = _share_slower(seconds["revoked"], seconds["unknown"])
            usual = {name: f"{1e6 * statistics.median(each):.0f} µs" for name, each in seconds.items()}
            assert 0.38 < share < 0.62, f"{time}: a revoked key takes longer in {share:.0%} of pairs: {usual}"
        assert ask(credentials(shop.write_key)).status == 200
    assert {status for status, _headers, _body in told} == {401}
    assert len(told) == 1, told


def _share_slower(first: list[float], second: list[float]) -> float:
    """Mann and Whitney's U as a share: 0.5 where the two cannot be told apart (standard error 0.024)."""
    return sum((a > b) + (a == b) / 2 for a in first for b in second) / (len(first) * len(second))
