"""Write keys in memory: what is found, and how soon a change is known."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import create_api_key, revoke_api_key
from polku.accounts.models import ApiKey, Workspace
from polku.capture.front.keys import WriteKeys
from polku.capture.models import CaptureSettings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Workspace:
    return Workspace.objects.create(name="Kauppa", slug="kauppa")


@pytest.fixture
def keys() -> Iterator[WriteKeys]:
    made = WriteKeys(events_per_second=10)
    yield made
    made.close()


def _key(workspace: Workspace, kind: str = "write") -> tuple[ApiKey, str]:
    return create_api_key(workspace=workspace, kind=kind, name="verkkokauppa", actor=None)


def test_only_living_write_keys_are_found(shop: Workspace, keys: WriteKeys):
    row, text = _key(shop)
    revoked, revoked_text = _key(shop)
    revoke_api_key(key=revoked, actor=None)
    _secret, secret_text = _key(shop, "secret")

    async def scene() -> None:
        found = await keys.find(text)
        assert found is not None
        assert (found.number, found.workspace) == (row.pk, shop.key.hex)
        assert (found.is_cookieless, bool(found.own)) == (False, False)
        for wrong in (revoked_text, secret_text, "pk_unknown", "", text + "x", "\ud800", row.digest):
            assert await keys.find(wrong) is None

    asyncio.run(scene())


def test_a_change_in_this_process_is_known_at_once(shop: Workspace, keys: WriteKeys):
    async def find(text: str) -> bool:
        return await keys.find(text) is not None

    with asyncio.Runner() as runner:
        row, text = _key(shop)
        assert runner.run(find(text))
        _other, later = _key(shop)
        assert runner.run(find(later))
        revoke_api_key(key=row, actor=None)
        assert not runner.run(find(text))
        assert runner.run(find(later))
        with scopes_disabled():
            shop.delete()
        assert not runner.run(find(later))


def test_settings_of_the_workspace_come_with_the_key(shop: Workspace, keys: WriteKeys):
    _row, text = _key(shop)
    with asyncio.Runner() as runner:
        assert not runner.run(keys.find(text)).own
        with scope(workspace=shop):
            chosen = CaptureSettings.objects.create(
                workspace=shop, own_addresses=["192.0.2.0/24"], is_cookieless=True
            )
        found = runner.run(keys.find(text))
        assert (found.is_cookieless, found.own.holds("192.0.2.9")) == (True, True)
        with scope(workspace=shop):
            chosen.is_cookieless = False
            chosen.save()
        assert runner.run(keys.find(text)).is_cookieless is False
        with scope(workspace=shop):
            chosen.delete()
        assert not runner.run(keys.find(text)).own


def test_a_change_by_another_process_is_known_after_a_while(shop: Workspace, keys: WriteKeys):
    row, text = _key(shop)

    async def scene() -> float:
        assert await keys.find(text) is not None
        await asyncio.to_thread(_revoke_silently, row.pk)
        begun = asyncio.get_running_loop().time()
        while await keys.find(text) is not None:
            await asyncio.sleep(0.1)
            assert asyncio.get_running_loop().time() - begun < 10
        return asyncio.get_running_loop().time() - begun

    assert 1 < asyncio.run(scene()) < 4


def _revoke_silently(number: int) -> None:
    """As another process does: nothing in this one hears of it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_apikey SET revoked_at = created_at WHERE id = %s", [number])
    connection.close()


def test_the_bucket_outlives_a_new_reading(shop: Workspace, keys: WriteKeys):
    _row, text = _key(shop)
    with asyncio.Runner() as runner:
        before = runner.run(keys.find(text)).bucket
        _key(shop)
        assert runner.run(keys.find(text)).bucket is before


def test_a_flood_of_made_up_keys_asks_the_database_nothing(shop: Workspace, keys: WriteKeys):
    row, text = _key(shop)

    async def flood() -> None:
        assert await keys.find(text) is not None
        await asyncio.to_thread(_revoke_silently, row.pk)
        found = {await keys.find(f"pk_{number}") for number in range(2_000)}
        assert found == {None}
        assert await keys.find(text) is not None, "it was read again, which the flood must not bring about"

    asyncio.run(flood())


def test_use_is_noted_without_touching_the_request(shop: Workspace):
    row, text = _key(shop)
    keys = WriteKeys(events_per_second=10)
    asyncio.run(keys.find(text))
    keys.close()
    with scopes_disabled():
        assert ApiKey.objects.get(pk=row.pk).last_used_at is not None


def test_the_digest_is_that_of_accounts(shop: Workspace):
    row, text = _key(shop)
    assert row.digest == hashlib.sha256(text.encode()).hexdigest()
