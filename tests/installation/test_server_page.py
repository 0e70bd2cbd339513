"""The page of the server: a test message, backups, and what is told when they fail."""

from __future__ import annotations

import os
from datetime import time, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.installation.backup import BackupProblem, nightly
from polku.installation.doctor import State
from polku.installation.doctor.checks import server as checks
from polku.jobs.models import Job
from tests.installation.smtp_server import mail_server

PAGE = "/w/testikauppa/settings/server/"


@pytest.fixture(autouse=True)
def in_english(settings):
    cache.clear()
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def sending(settings):
    """Let messages leave through a server on this machine."""
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "polku", "secret"
    settings.EMAIL_TIMEOUT, settings.DEFAULT_FROM_EMAIL = 2, "polku@example.com"
    return settings


@pytest.fixture
def folder(settings, tmp_path):
    settings.POLKU_HOME, settings.BACKUP_FOLDER = tmp_path, tmp_path / "backups"
    settings.BACKUPS_KEPT, settings.BACKUP_AT = 3, time(2, 15)
    return settings.BACKUP_FOLDER


def test_a_test_message_goes_to_whoever_asks(owner_client, workspace, owner, sending):
    with mail_server() as server:
        sending.EMAIL_PORT = server.port
        page = owner_client.post(f"{PAGE}message/", follow=True).content.decode()
        assert checks.mail().state is State.OK
    ((sender, recipients, content),) = server.messages
    assert (sender.split()[0], recipients) == ("mail", [f"rcpt TO:<{owner.email}>"])
    assert "Subject: Test message from Polku" in content
    assert f"on its way to {owner.email}" in page
    with scope(workspace=workspace):
        assert AuditEntry.objects.get().action == "test_message.sent"


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        ({"AUTH": "535 wrong"}, "user name or the password"),
        ({"MAIL": "550 not yours"}, "POLKU_MAIL_FROM"),
        ({"RCPT": "550 nobody"}, "recipient"),
        ({"DATA": "554 spam"}, "refused: 554 spam"),
    ],
)
def test_what_the_mail_server_objects_to_is_told_with_what_to_mend(owner_client, sending, refusals, told):
    with mail_server(**refusals) as server:
        sending.EMAIL_PORT = server.port
        page = owner_client.post(f"{PAGE}message/", follow=True).content.decode()
    assert told in page
    assert "message error" in page


def test_a_mail_server_that_is_not_there_is_told(owner_client, sending):
    with mail_server() as server:
        sending.EMAIL_PORT = server.port
    assert "Nothing listens on port" in owner_client.post(f"{PAGE}message/", follow=True).content.decode()
    assert (checks.mail().state, "Nothing listens" in checks.mail().says) == (State.FAILED, True)
    sending.EMAIL_HOST = "no-such-machine.invalid"
    assert "no machine named" in owner_client.post(f"{PAGE}message/", follow=True).content.decode()


def test_messages_are_limited(owner_client, sending):
    with mail_server() as server:
        sending.EMAIL_PORT = server.port
        for _message in range(7):
            page = owner_client.post(f"{PAGE}message/", follow=True).content.decode()
    assert len(server.messages) == 5
    assert "many messages" in page


def test_without_a_mail_server_the_page_says_what_to_set(owner_client, settings, folder):
    settings.SENDS_MAIL = False
    page = owner_client.get(PAGE).content.decode()
    assert "POLKU_MAIL_URL=smtp://" in page
    assert "is not set" in owner_client.post(f"{PAGE}message/", follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_nightly_backups_are_kept_shown_and_the_oldest_removed(owner_client, folder):
    assert "None has been made yet" in owner_client.get(PAGE).content.decode()
    assert checks.backups().state is State.WARNING
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"polku-2026-01-0{day}T000000Z.tar").touch()
    (folder / "mine.tar").touch()
    made = nightly.make_nightly_backup()
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "mine.tar",
        "polku-2026-01-03T000000Z.tar",
        "polku-2026-01-04T000000Z.tar",
        made.file.name,
    ]
    page = owner_client.get(PAGE).content.decode()
    assert str(made.file) in page
    assert "longer ago" not in page
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(made.file, (old, old))
    assert "longer ago" in owner_client.get(PAGE).content.decode()
    assert checks.backups().state is State.WARNING


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_failed_is_told_until_one_succeeds(owner_client, folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises((BackupProblem, OSError)):
        nightly.make_nightly_backup()
    assert "callout danger" in owner_client.get(PAGE).content.decode()
    assert checks.backups().state is State.FAILED
    folder.unlink()
    nightly.make_nightly_backup()
    assert "callout danger" not in owner_client.get(PAGE).content.decode()


def test_a_backup_asked_for_is_a_job_and_asking_twice_is_one(owner_client, workspace, folder):
    for _time in range(2):
        assert owner_client.post(f"{PAGE}backup/")["Location"] == PAGE
    assert list(Job.objects.values_list("kind", "state")) == [("backup", "waiting")]
    assert "being made just now" in owner_client.get(PAGE).content.decode()
