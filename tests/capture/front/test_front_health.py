"""Whether the server says so when nothing is loaded any more."""

from __future__ import annotations

import pytest

from polku.capture import front


@pytest.fixture
def opened(tmp_path, store, settings):
    settings.INBOX_MEGABYTES = 16
    yield front.start(tmp_path / "home", store)
    front.stop(5)


def test_a_loader_that_has_ended_is_told_to_whoever_asks_whether_the_server_is_ready(db, client, opened):
    assert client.get("/readyz").json() == {"status": "ready"}
    assert opened.loader.stop(5)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "missing": ["loader"]})
    assert client.get("/healthz").status_code == 200
