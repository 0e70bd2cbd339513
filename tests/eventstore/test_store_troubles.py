"""Pages while the event store is too busy, or broken: no error of the program, but a page that says so."""

from __future__ import annotations

import pytest

from polku.accounts.models import Membership, User, Workspace
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.registry import use_store
from polku.journeys import domain


@pytest.fixture
def hurried(tmp_path):
    """A store that gives up after a fifth of a second."""
    opened = DuckDBStore(tmp_path / "hurried", question_seconds=0.2)
    use_store(opened)
    yield opened
    use_store(None)
    opened.close()


@pytest.fixture
def address(db, hurried, client) -> str:
    from django_scopes import scope

    workspace = Workspace.objects.create(name="Kiire", slug="kiire")
    hurried.create(workspace.key.hex)
    user = User.objects.create_user("kiire@example.com", "metsäpolku-42")
    with scope(workspace=workspace):
        Membership.objects.create(workspace=workspace, user=user, role="owner")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    journey = domain.create_journey(workspace=workspace, name="Ostopolku", template="four-phases")
    return f"/w/kiire/journeys/{journey.pk}/"


def test_a_busy_store(client, address, hurried) -> None:
    key = Workspace.objects.get().key.hex
    with hurried._instance.question(key), hurried._instance.question(key):
        answer = client.get(address, headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Other questions take all the time now" in answer.content.decode()
    assert client.get(address).status_code == 200


def test_a_broken_store(client, address, tmp_path, caplog) -> None:
    key = Workspace.objects.get().key.hex
    (tmp_path / "hurried" / key / "current").write_text("g000009.duckdb\n")
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "The details are in the server’s log." in answer.content.decode().replace("&#x27;", "’")
    assert str(tmp_path) not in answer.content.decode()
    assert "names no file there" in caplog.text
