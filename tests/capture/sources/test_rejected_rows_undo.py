"""Deleted rows lie aside for a day: nothing shows or takes them, until they are brought back or gone for good."""

from __future__ import annotations

import pytest
from django.test import Client

from polku.accounts import domain as accounts
from polku.capture.domain import rejected
from polku.capture.sources import alarms
from tests.capture.sources.shop import BROKEN, utc
from tests.eventstore.streaming import digest
from tests.undoing import DAY, aged, undo_token

RESTORE = "capture:rows_restore"


@pytest.fixture
def undo(shop):
    def posted(client: Client, token: str, workspace: str = "testikauppa") -> str:
        answer = client.post(f"/w/{workspace}/sources/rows/restore/", {"token": token}, follow=True)
        return answer.content.decode()

    return posted


@pytest.fixture
def deleted(shop, owner_client):
    """What the undo button posts after two of three rows were deleted."""
    good = '{"type":"track","event":"Ostos","userId":"asiakas-3"}'
    shop.receive(events=0, bad=[("bad_field", "a"), ("bad_field", good), ("not_json", BROKEN)])
    answer = owner_client.post(shop.path + "rows/delete/", {"reason": "bad_field"}, follow=True)
    assert shop.waiting() == [BROKEN]
    return undo_token(answer)


def test_deleted_rows_wait_again_when_undone_once(shop, owner_client, deleted, undo):
    assert "2 rows wait again." in undo(owner_client, deleted)
    assert len(shop.waiting()) == 3
    assert "nothing was brought back" in undo(owner_client, deleted)
    assert len(shop.waiting()) == 3
    assert shop.audit() == [
        ("rejected_rows.deleted", {"reason": "bad_field", "count": 2}),
        ("rejected_rows.restored", {"reason": "", "count": 2}),
    ]


def test_deleted_rows_are_seen_nowhere_and_never_processed(shop, owner_client, deleted, read):
    assert "All 1" in read(shop.path + "rows/")
    assert len(owner_client.get(shop.path + "rows/download/").content.splitlines()) == 1
    assert "Ostos" not in owner_client.get(shop.path + "rows/?reason=bad_field").content.decode()
    key = shop.workspace.key.hex
    (source,) = shop.store.sources(key)
    assert source.waiting == 1
    before = shop.store.state(key)
    owner_client.post(shop.path + "rows/replay/")
    owner_client.post(shop.path + "rows/mend/", {"row": digest("a"), "raw": "{}"})
    assert rejected.replay_rejected(workspace=shop.workspace, most=None, actor=None).replayed == 1
    assert rejected.mend_rejected(workspace=shop.workspace, changes=[(digest("a"), "{}")], actor=None) == 0
    assert shop.store.state(key).signals == before.signals


def test_a_deleted_row_that_is_sent_again_waits_again(shop, owner_client, deleted, undo):
    shop.receive(events=0, bad=[("not_json", "a")])
    assert shop.waiting() == ["a", BROKEN]
    assert "1 row waits again." in undo(owner_client, deleted)
    assert len(shop.waiting()) == 3


def test_the_daily_cleaning_removes_what_can_no_longer_be_undone(shop, owner_client, deleted, undo):
    old = utc(hours=25)
    shop.store.put_aside_rejected(shop.workspace.key.hex, [digest(BROKEN)], at=old)
    rejected.forget_deleted_rows()
    assert shop.store.restore_rejected(shop.workspace.key.hex, put_aside_at=old) == 0
    assert "2 rows wait again." in undo(owner_client, deleted)
    assert shop.store.forget_put_aside(shop.workspace.key.hex, before=utc(hours=-1)) == 0


@pytest.mark.parametrize(("seconds", "rows"), [(DAY - 60, 3), (DAY + 60, 1)])
def test_an_undo_holds_for_a_day(shop, owner_client, deleted, undo, seconds, rows):
    undo(owner_client, aged(deleted, seconds, restore=RESTORE))
    assert len(shop.waiting()) == rows


def test_an_undo_belongs_to_its_workspace_and_to_editors(
    shop, owner_client, owner, analyst_client, deleted, undo
):
    accounts.create_workspace(name="Muualla", owner=owner)
    assert "no longer be undone" in undo(owner_client, deleted, "muualla")
    assert analyst_client.post("/w/testikauppa/sources/rows/restore/", {"token": deleted}).status_code == 403
    assert shop.waiting() == [BROKEN]


def test_what_is_deleted_for_good_is_gone_at_once(shop, owner_client):
    shop.receive(events=0, bad=[("bad_field", "a"), ("not_json", BROKEN)])
    answer = owner_client.post(
        shop.path + "rows/delete/", {"reason": "bad_field", "for_good": "on"}, follow=True
    )
    assert "1 row is deleted for good." in answer.content.decode()
    assert 'name="token"' not in answer.content.decode()
    assert shop.waiting() == [BROKEN]
    assert shop.audit() == [("rejected_rows.deleted", {"reason": "bad_field", "count": 1, "for_good": True})]
    key = shop.workspace.key.hex
    assert shop.store.put_aside_rejected(key, [digest("a")], at=utc()) == 0


def test_deleted_rows_no_longer_keep_a_source_among_those_that_need_care(shop, owner_client, read):
    shop.receive(events=1, bad=[("not_json", BROKEN)])
    owner_client.post(shop.path + "rows/delete/")
    alarms.forget(shop.workspace)
    assert "Nothing waits" in read(shop.path + "rows/")
    assert [source.waiting for source in shop.store.sources(shop.workspace.key.hex)] == [0]
