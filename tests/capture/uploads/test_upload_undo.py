"""A deleted file lies aside for a day: not shown, not imported, until it is brought back or gone for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import AuditEntry
from polku.capture.models import ImportRun, Upload
from polku.capture.uploads import files, work
from polku.capture.uploads.cleaning import clean_uploads
from polku.jobs import queue
from tests.capture.uploads.conftest import ORDERS
from tests.undoing import DAY, aged, undo_token

pytestmark = pytest.mark.contract

RESTORE = "capture:import_restore"


@pytest.fixture
def delete(owner_client, address):
    """Deletes an upload as the page does; what its undo button posts."""

    def posted(upload: Upload) -> str:
        return undo_token(owner_client.post(address("import_delete", upload=upload.pk), follow=True))

    return posted


@pytest.fixture
def undo(owner_client, address):
    def posted(token: str, workspace: str = "testikauppa") -> str:
        place = address("import_restore").replace("testikauppa", workspace)
        return owner_client.post(place, {"token": token}, follow=True).content.decode()

    return posted


def kept(workspace) -> list[tuple[str, str]]:
    with scope(workspace=workspace):
        return list(Upload.objects.order_by("pk").values_list("name", "state"))


def test_a_deleted_file_is_there_again_when_undone_once(
    bring, delete, undo, owner_client, address, workspace
):
    upload = bring(ORDERS)
    token = delete(upload)
    assert kept(workspace) == []
    for name in ("import_review", "import_delete"):
        assert owner_client.get(address(name, upload=upload.pk)).status_code == 404
    assert "on taas paikallaan" in undo(token)
    assert kept(workspace) == [("tilaukset.csv", "review")]
    assert "mitään ei palautettu" in undo(token)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    queue.work_off()
    assert kept(workspace) == [("tilaukset.csv", "done")]
    with scope(workspace=workspace):
        told = AuditEntry.objects.filter(action__startswith="upload").order_by("pk")
        assert list(told.values_list("action", flat=True)) == [
            "upload.added",
            "upload.deleted",
            "upload.restored",
            "upload.imported",
        ]


def test_a_file_that_waits_to_be_read_is_read_when_it_is_back(bring, delete, undo, workspace):
    token = delete(bring(ORDERS, read=False))
    queue.work_off()
    undo(token)
    assert kept(workspace) == [("tilaukset.csv", "reading")]
    queue.work_off()
    assert kept(workspace) == [("tilaukset.csv", "review")]


def test_an_import_that_waits_comes_in_only_when_the_file_is_back(
    bring, delete, undo, owner_client, address, workspace, store
):
    upload = bring(ORDERS)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    token = delete(upload)
    queue.work_off()
    assert store.state(workspace.key.hex).signals == 0
    undo(token)
    queue.work_off()
    assert kept(workspace) == [("tilaukset.csv", "done")]
    assert store.state(workspace.key.hex).signals == 22


def test_what_is_deleted_while_it_is_read_does_not_come_in(
    bring, delete, owner_client, address, workspace, store
):
    upload = bring(ORDERS)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    with scope(workspace=workspace):
        run = ImportRun.objects.get()
        delete(upload)
        work._run(upload, run)
    assert store.state(workspace.key.hex).signals == 0


def test_the_daily_cleaning_removes_what_can_no_longer_be_undone(bring, delete, undo, workspace):
    new, old = bring(ORDERS, "uusi.csv", read=False), bring(ORDERS, "vanha.csv", read=False)
    token, late = delete(new), delete(old)
    with scope(workspace=workspace):
        Upload.with_deleted.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(hours=25))
    clean_uploads()
    assert [files.folder_of(upload).exists() for upload in (new, old)] == [True, False]
    with scope(workspace=workspace):
        assert [upload.pk for upload in Upload.with_deleted.all()] == [new.pk]
    assert "mitään ei palautettu" in undo(late)
    assert "on taas paikallaan" in undo(token)


@pytest.mark.parametrize(("seconds", "there"), [(DAY - 60, 1), (DAY + 60, 0)])
def test_an_undo_holds_for_a_day(bring, delete, undo, workspace, seconds, there):
    undo(aged(delete(bring(ORDERS, read=False)), seconds, restore=RESTORE))
    assert len(kept(workspace)) == there


def test_an_undo_belongs_to_its_workspace_and_to_editors(
    bring, delete, undo, workspace, owner, client, teammate, address
):
    token = delete(bring(ORDERS, read=False))
    accounts.create_workspace(name="Muualla", owner=owner)
    assert "ei voi enää kumota" in undo(token, "muualla")
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(address("import_restore"), {"token": token}).status_code == 403
    assert kept(workspace) == []


def test_what_is_deleted_for_good_is_gone_at_once(bring, owner_client, address, workspace):
    upload = bring(ORDERS, read=False)
    folder = files.folder_of(upload)
    answer = owner_client.post(
        address("import_delete", upload=upload.pk), {"for_good": "on"}, follow=True
    ).content.decode()
    assert "poistettu lopullisesti" in answer
    assert 'name="token"' not in answer
    assert not folder.exists()
    with scope(workspace=workspace):
        assert list(Upload.with_deleted.all()) == []
