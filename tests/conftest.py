"""What the tests share: a home folder of their own, a real store, a workspace and three people."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_HOME = tempfile.mkdtemp(prefix="polku-tests-")
os.environ["POLKU_HOME"] = _HOME
os.environ.setdefault("POLKU_LANGUAGE", "en")

import pytest  # noqa: E402

from tests.lacking import lacking  # noqa: E402

DATA = Path(os.environ.get("POLKU_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hashing that is slow on purpose would take most of the tests' time."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; where it is absent the test is skipped and says so, but not in CI."""
    if not DATA.is_dir():
        lacking(f"real data at {DATA}; set POLKU_TEST_DATA to the folder that holds it")
    return DATA


@pytest.fixture
def store(tmp_path):
    """A real DuckDB store in a folder of its own, in use by this process."""
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store

    opened = DuckDBStore(tmp_path / "events")
    use_store(opened)
    yield opened
    use_store(None)
    opened.close()


@pytest.fixture
def workspace(db, store):
    """A Finnish workspace whose store is open."""
    from polku.accounts.models import Workspace

    made = Workspace.objects.create(name="Testikauppa", slug="testikauppa")
    store.create(made.key.hex)
    return made


def _member(workspace, email: str, role: str | None):
    from django_scopes import scope

    from polku.accounts.models import Membership, User

    user = User.objects.create_user(email, "metsäpolku-42", name=email.split("@")[0].title())
    if role:
        with scope(workspace=workspace):
            Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def owner(workspace):
    return _member(workspace, "omistaja@example.com", "owner")


@pytest.fixture
def teammate(workspace):
    return _member(workspace, "katselija@example.com", "viewer")


@pytest.fixture
def outsider(workspace):
    """Somebody who has a workspace of their own, and no business in this one."""
    from polku.accounts.models import Workspace

    elsewhere = Workspace.objects.create(name="Toinen", slug="toinen")
    return _member(elsewhere, "ulkopuolinen@example.com", "owner")


@pytest.fixture
def owner_client(client, owner):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
