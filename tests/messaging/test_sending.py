"""Messages over a real SMTP server: what arrives, what is kept afterwards, what becomes of refusals."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.jobs import queue
from polku.messaging import domain, registry, sending
from polku.messaging.composing import UNSUBSCRIBE_MARK
from polku.messaging.models import Message, Suppression
from polku.messaging.registry import Happening
from polku.messaging.tokens import unsubscribe_token
from polku.site.tokens import digest_of


@pytest.fixture
def heard():
    """What the owner of `note` heard, and the marks that it fills in."""
    said = []
    registry.register(
        "note",
        fill=lambda workspace, reference: (
            None if reference == "gone" else {"{{code}}": f"salainen-{reference}"}
        ),
        hear=lambda workspace, reference, happening, why: said.append((reference, happening, why)),
    )
    yield said
    registry._owners.pop("note")


def write(workspace, to="maija@example.com", reference="7", **changes):
    return domain.send_email(
        **{
            "workspace": workspace,
            "to": to,
            "subject": "Miten meni?",
            "text": f"Koodi {{{{code}}}}, peru: {UNSUBSCRIBE_MARK}",
            "html": f'<p>Koodi {{{{code}}}}</p><a href="{UNSUBSCRIBE_MARK}">Peru</a>',
            "kind": "note",
            "reference": reference,
            "language": "fi",
            **changes,
        }
    )


def rows(*fields):
    with scopes_disabled():
        return list(Message.objects.order_by("pk").values_list(*fields))


def be_due(**changes):
    with scopes_disabled():
        Message.objects.update(next_at=timezone.now() - timedelta(seconds=1), **changes)
    sending._rests.clear()
    sending.look_for_due()
    return queue.work_off()


def test_a_message_arrives_in_the_sellers_name_and_nothing_of_it_is_kept(
    workspace, rooms_mail, heard, settings
):
    settings.MAIL_BOUNCES = "palaute@polku.example"
    domain.set_sender(
        workspace=workspace,
        name="Kävytär Oy",
        email="asiakkaat@kavytar.example",
        reply_to="apua@kavytar.example",
        footer="Kävytär Oy, Oulu",
        actor=None,
    )
    message = write(workspace)
    assert "salainen" not in str(rows("text", "html", "headers"))
    assert queue.work_off() == 1
    (taken,) = rooms_mail.taken
    assert (taken.sender, taken.recipients) == (
        f"palaute+{message.number}@polku.example",
        ["maija@example.com"],
    )
    arrived = taken.message
    assert arrived["From"] == "Kävytär Oy <asiakkaat@kavytar.example>"
    assert (arrived["To"], arrived["Reply-To"]) == ("maija@example.com", "apua@kavytar.example")
    assert arrived["Message-ID"] == f"<polku.{message.number}@kavytar.example>"
    assert arrived["Subject"] == "Miten meni?"
    address = f"http://localhost:8000/m/{unsubscribe_token(message.number)}/"
    assert taken.part("plain").strip() == f"Koodi salainen-7, peru: {address}"
    assert f'<a href="{address}">' in taken.part("html")
    assert arrived["List-Unsubscribe"] == f"<{address}>"
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert rows("state", "recipient", "subject", "text", "html", "headers", "recipient_masked") == [
        ("sent", "", "", "", "", {}, "m…@example.com")
    ]
    assert heard == [("7", Happening.SENT, "")]


def test_only_the_digest_of_the_unsubscribe_token_is_kept(workspace):
    message = write(workspace)
    token = unsubscribe_token(message.number)
    assert (len(token), message.unsubscribe_digest) == (32, digest_of(token))
    assert token not in str(Message._base_manager.values())
    assert write(workspace, can_unsubscribe=False).unsubscribe_digest is None


def test_a_suppressed_address_gets_nothing_and_one_nobody_wants_sent_neither(workspace, rooms_mail, heard):
    domain.add_to_suppressions(
        workspace=workspace, addresses=["Maija@Example.com"], reason=Suppression.Reason.ADDED, actor=None
    )
    write(workspace)
    write(workspace, to="pekka@example.com", reference="gone")
    queue.work_off()
    assert rooms_mail.taken == []
    assert rows("state", "why", "recipient") == [("held", "suppressed", ""), ("held", "not_wanted", "")]
    assert heard == [("7", Happening.HELD, "suppressed"), ("gone", Happening.HELD, "not_wanted")]


def test_an_address_that_does_not_exist_is_written_to_no_more(workspace, rooms_mail, heard):
    rooms_mail.answers["maija@example.com"] = ["550 5.1.1 <maija@example.com> user unknown"]
    write(workspace)
    queue.work_off()
    assert rows("state", "why", "recipient") == [("bounced", "no_address", "")]
    assert heard == [("7", Happening.BOUNCED, "no_address")]
    assert domain.is_suppressed(workspace, "maija@example.com")


@pytest.mark.parametrize("answer", ["550 5.7.1 listed as a spammer", "552 5.2.2 mailbox is full"])
def test_a_refusal_for_another_reason_blames_no_address(workspace, rooms_mail, heard, answer):
    rooms_mail.answers["maija@example.com"] = [answer]
    write(workspace)
    queue.work_off()
    assert rows("state", "why") == [("failed", "refused")]
    assert not domain.is_suppressed(workspace, "maija@example.com")


def test_a_message_that_is_put_off_is_tried_after_growing_pauses(workspace, rooms_mail, heard):
    rooms_mail.answers["maija@example.com"] = ["451 4.7.1 greylisted"] * 3
    write(workspace)
    pauses = []
    for _attempt in range(3):
        before = timezone.now()
        be_due()
        ((state, next_at),) = rows("state", "next_at")
        assert state == "queued"
        pauses.append(round((next_at - before).total_seconds() / 60))
    assert pauses == [1, 5, 15]
    assert rooms_mail.taken == []
    be_due()
    assert len(rooms_mail.taken) == 1
    assert rows("state", "attempts") == [("sent", 3)]


def test_without_a_server_messages_wait_and_are_given_up_after_three_days(
    workspace, rooms_mail, heard, settings
):
    settings.EMAIL_PORT = 9  # nothing listens there
    write(workspace)
    queue.work_off()
    assert rows("state", "why", "recipient") == [("queued", "no_server", "maija@example.com")]
    assert sending._rests[workspace.pk].times == 1
    sending.look_for_due()
    assert queue.work_off() == 0  # it rests
    settings.EMAIL_PORT = rooms_mail.port
    be_due()
    assert rows("state") == [("sent",)]
    settings.EMAIL_PORT = 9
    write(workspace)
    with scopes_disabled():
        Message.objects.filter(state="queued").update(created_at=timezone.now() - timedelta(days=4))
    queue.work_off()
    assert rows("state", "why", "recipient") == [("sent", "", ""), ("failed", "too_old", "")]


def test_what_a_run_that_died_had_in_its_hands_is_sent_by_the_next(workspace, rooms_mail, heard):
    write(workspace)
    with scopes_disabled():
        Message.objects.update(state="sending", claimed_by="0" * 32)
    queue.work_off()
    assert len(rooms_mail.taken) == 1
    # What this very run claimed is being sent right now: nobody else takes it.
    write(workspace)
    with scopes_disabled():
        Message.objects.filter(state="queued").update(state="sending", claimed_by=sending.RUN)
    sending.look_for_due()
    queue.work_off()
    assert len(rooms_mail.taken) == 1


def test_a_fault_while_a_message_is_written_holds_up_no_other(workspace, rooms_mail):
    """And does not leave it claimed by a run that has let go of it."""

    def fill(workspace, reference):
        if reference == "broken":
            raise RuntimeError("who fills it in stumbles")
        return {}

    registry.register("note", fill=fill)
    try:
        write(workspace, reference="broken")
        write(workspace, to="pekka@example.com")
        queue.work_off()
    finally:
        registry._owners.pop("note")
    assert [taken.recipients for taken in rooms_mail.taken] == [["pekka@example.com"]]
    assert rows("state", "why", "claimed_by") == [("queued", "put_off", ""), ("sent", "", "")]


def test_the_log_names_no_address(workspace, rooms_mail, heard, caplog):
    rooms_mail.answers["maija@example.com"] = ["550 5.1.1 <maija@example.com> user unknown"]
    with caplog.at_level(logging.DEBUG, logger="polku"):
        write(workspace)
        queue.work_off()
    assert "was not taken" in caplog.text
    assert "maija" not in caplog.text


@pytest.mark.parametrize(
    "to", ["", "maija", "a@b", "x" * 250 + "@example.com", "maija@example.com\nBcc: a@b.fi"]
)
def test_no_message_without_an_address(workspace, to):
    with pytest.raises(ValidationError):
        write(workspace, to=to)


def test_a_break_in_the_subject_or_the_name_adds_no_header(workspace, rooms_mail, heard):
    write(workspace, subject="Hei\r\nBcc: kaikki@example.com")
    queue.work_off()
    (taken,) = rooms_mail.taken
    assert taken.message["Subject"] == "Hei Bcc: kaikki@example.com"
    assert taken.message["Bcc"] is None
    with pytest.raises(ValidationError):
        domain.set_sender(
            workspace=workspace, name="A\r\nBcc: b@example.com", email="", reply_to="", footer="", actor=None
        )


def test_messages_of_one_workspace_give_way_after_a_turn(workspace, rooms_mail, heard):
    write(workspace)
    with scope(workspace=workspace):
        assert sending.send_due(workspace, turn=0.0) is True
    assert rooms_mail.taken == []
