"""API keys: strong, hashed, revocable, and found in one way whatever they are."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import ApiKey


@pytest.fixture
def key(workspace, owner):
    return domain.create_api_key(workspace=workspace, kind="secret", name="Raportti", actor=owner)


@pytest.mark.parametrize(("kind", "prefix"), [("write", "pk_"), ("secret", "sk_")])
def test_a_key_holds_at_least_128_random_bits_and_only_its_hash_is_kept(workspace, owner, kind, prefix):
    row, text = domain.create_api_key(workspace=workspace, kind=kind, name="Avain", actor=owner)
    assert text.startswith(prefix)
    random_part = text.removeprefix(prefix)
    assert len(base64.urlsafe_b64decode(random_part + "=" * (-len(random_part) % 4))) * 8 >= 128
    assert row.digest == hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_apikey")
        kept = " ".join(str(value) for line in cursor.fetchall() for value in line)
    assert random_part not in kept
    assert len(row.prefix) <= 8


def test_a_key_is_found_until_it_is_revoked(key, owner):
    row, text = key
    assert domain.find_api_key(text) == row
    domain.revoke_api_key(key=row, actor=owner)
    domain.revoke_api_key(key=row, actor=owner)
    assert domain.find_api_key(text) is None


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text + "x", str.swapcase, lambda text: ""]
)
def test_nearly_the_key_is_not_the_key(key, change):
    assert domain.find_api_key(change(key[1])) is None


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "sk_", "x" * 100_000, "\ud800", "sk_\0", "ä" * 50])
def test_what_is_no_key_is_not_found(text):
    assert domain.find_api_key(text) is None


def test_unknown_and_revoked_keys_cost_the_same_queries(key, owner):
    row, text = key
    domain.revoke_api_key(key=row, actor=owner)
    counts = []
    for asked in (text, "sk_unknown"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            domain.find_api_key(asked)
        counts.append(len(queries))
    assert counts == [1, 1]


def test_use_is_noted_at_most_once_a_minute(key, workspace):
    row, text = key

    def noted():
        with scope(workspace=workspace):
            return ApiKey.objects.get(pk=row.pk).last_used_at

    assert noted() is None
    domain.find_api_key(text)
    first = noted()
    assert first is not None
    domain.find_api_key(text)
    assert noted() == first
    with scope(workspace=workspace):
        ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    domain.find_api_key(text)
    assert noted() >= first


@pytest.mark.parametrize(("kind", "name"), [("root", "Avain"), ("secret", " ")])
def test_a_wrong_kind_or_name_is_refused(workspace, owner, kind, name):
    with pytest.raises(ValidationError):
        domain.create_api_key(workspace=workspace, kind=kind, name=name, actor=owner)
