"""What the tests share: a home folder of their own, a real store, a workspace and three people."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_HOME = tempfile.mkdtemp(prefix="polku-tests-")
os.environ["POLKU_HOME"] = _HOME
os.environ.setdefault("POLKU_LANGUAGE", "en")

import duckdb  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

from polku.eventstore.duckdb.store import DuckDBStore  # noqa: E402
from polku.eventstore.port import StoreError  # noqa: E402
from polku.eventstore.registry import use_store  # noqa: E402
from tests.examples import examples  # noqa: E402
from tests.homes import NewHome, homes_with  # noqa: E402
from tests.lacking import lacking  # noqa: E402

hypothesis_settings.register_profile("polku", max_examples=examples(100))
hypothesis_settings.load_profile("polku")
DATA = Path(os.environ.get("POLKU_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_collection_finish():
    """Thousands of collected tests stay until the end: to look through them for rubbish again and again is vain."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish():
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hashing that is slow on purpose would take most of the tests' time."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def new_home(tmp_path_factory) -> NewHome:
    """Makes home folders as they are after a first start that made nothing yet."""
    first = tmp_path_factory.mktemp("migrated")
    code = "import django; django.setup(); from polku.cli.owner import migrate; migrate()"
    environment = {"POLKU_HOME": str(first), "DJANGO_SETTINGS_MODULE": "polku.config.settings"}
    subprocess.run([sys.executable, "-c", code], env=os.environ | environment, check=True)
    return homes_with(first / "polku.sqlite3")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; where it is absent the test is skipped and says so, but not in CI."""
    if not DATA.is_dir():
        lacking(f"real data at {DATA}; set POLKU_TEST_DATA to the folder that holds it")
    return DATA


class Shelf:
    """One real DuckDB store for test after test: opening one takes longer than most of them."""

    def __init__(self, folder: Path) -> None:
        self._base = folder
        self._number = 0
        self._opened: DuckDBStore | None = None

    @property
    def folder(self) -> Path:
        return self._base / str(self._number)

    def take(self) -> DuckDBStore:
        """An empty store."""
        if self._opened is None:
            self._number += 1
            self._opened = DuckDBStore(self.folder)
        return self._opened

    def put_back(self) -> None:
        """Forget all workspaces; a store that a test closed or broke is used no more."""
        if self._opened is None:
            return
        try:
            for workspace in self.folder.glob("[0-9a-f]*"):
                self._opened.drop(workspace.name)
        except (StoreError, duckdb.Error):
            self.close()

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    made = Shelf(tmp_path_factory.mktemp("stores"))
    yield made
    made.close()


@pytest.fixture
def store(shelf):
    """A real DuckDB store with nothing in it, in use by this process."""
    opened = shelf.take()
    use_store(opened)
    yield opened
    use_store(None)
    shelf.put_back()


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
