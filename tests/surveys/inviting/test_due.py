"""From an invitation to a message by real SMTP, and what becomes of it: sent once, reminded once, or not at all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.jobs import queue
from polku.messaging import domain as messaging
from polku.messaging.bounces.taking import take_report
from polku.messaging.models import Message, Suppression
from polku.site.tokens import digest_of
from polku.surveys import domain as surveys
from polku.surveys.inviting import domain, due
from polku.surveys.inviting.texts import MailSettings, make_email_link, set_mail_settings
from polku.surveys.models import Ask, Invitation, Response
from polku.surveys.moments.fatigue import note_ask
from tests.messaging.reports import delivery_report


@pytest.fixture
def link(survey):
    with scope(workspace=survey.workspace):
        return make_email_link(survey)


def ask(survey, link, email="maija@example.com", **changes):
    return domain.invite(survey=survey, link=link, email=email, **changes)


def work():
    """Let time pass in the queue: what is due is looked for and worked off."""
    from polku.messaging import sending

    due.look_for_due()
    queue.work_off()
    sending.look_for_due()
    queue.work_off()


def rows(*fields):
    with scopes_disabled():
        return list(Invitation.objects.order_by("pk").values_list(*fields))


def token_in(taken) -> str:
    return re.findall(r"/s/([\w-]{32})", taken.part("plain"))[-1]


def test_an_invitation_is_sent_once_with_a_link_of_its_own(survey, link, rooms_mail):
    ask(survey, link, language="sv", known={"first_name": "Maija"})
    ask(survey, link, email="pekka@example.com")
    work()
    work()
    assert [taken.recipients for taken in rooms_mail.taken] == [["maija@example.com"], ["pekka@example.com"]]
    tokens = [token_in(taken) for taken in rooms_mail.taken]
    assert len(set(tokens)) == 2
    assert rows("state", "digest") == [("sent", digest_of(token)) for token in tokens]
    assert not any(token in str(list(rows())) for token in tokens)
    swedish, finnish = rooms_mail.taken
    assert (swedish.message["Subject"], finnish.message["Subject"]) == (
        "Vill du berätta hur vi lyckades?",
        "Kerrotko, miten onnistuimme?",
    )
    with scopes_disabled():
        (sent_at, remind, ends) = Invitation.objects.values_list("sent_at", "reminder_at", "expires_at")[0]
        assert (remind - sent_at, ends - sent_at) == (timedelta(days=5), timedelta(days=30))
        assert Ask.objects.count() == 2


def test_the_first_question_stands_in_the_message_and_its_answers_are_links(survey, link, rooms_mail):
    ask(survey, link)
    work()
    (taken,) = rooms_mail.taken
    html, text = taken.part("html"), taken.part("plain")
    token = token_in(taken)
    for score in range(11):
        assert f'href="http://localhost:8000/s/{token}?q-suosittelu={score}"' in html
        assert f"http://localhost:8000/s/{token}?q-suosittelu={score}" in text.split()
    assert "Kuinka todennäköisesti suosittelisit Kävytärtä ystävälle tai kollegalle?" in html
    assert "Erittäin epätodennäköisesti" in html
    assert "0 = Erittäin epätodennäköisesti: http" in text
    assert "<script" not in html
    assert "<form" not in html
    assert not re.search(r"<(img|link|iframe)", html)  # nothing that tells that it was opened


def test_a_reminder_brings_the_same_link_once_and_only_to_who_has_not_answered(survey, link, rooms_mail):
    for name in ("vastannut", "aloittanut", "hiljainen"):
        ask(survey, link, email=f"{name}@example.com")
    work()
    with scopes_disabled():
        answered, begun, _silent = Invitation.objects.order_by("pk")
        Invitation.objects.filter(pk=answered.pk).update(is_answered=True)
        now = timezone.now()
        Response.objects.create(
            workspace=survey.workspace,
            survey=survey,
            version=survey.versions.get(),
            link=link,
            invitation=begun,
            number="0" * 32,
            state=Response.State.PARTIAL,
            language="fi",
            started_at=now,
            changed_at=now,
        )
        Invitation.objects.update(reminder_at=now)
    for _look in range(2):
        work()
    first, second = (taken for taken in rooms_mail.taken if taken.recipients == ["hiljainen@example.com"])
    assert len(rooms_mail.taken) == 4
    assert second.message["Subject"] == "Ehditkö vielä vastata?"
    assert token_in(first) == token_in(second)


def test_who_answered_while_the_reminder_waited_is_left_alone(survey, link, rooms_mail):
    ask(survey, link)
    work()
    with scope(workspace=survey.workspace):
        Invitation.objects.update(reminder_at=timezone.now())
        due.send_due(survey.workspace)
        Invitation.objects.update(is_answered=True)
    work()
    assert len(rooms_mail.taken) == 1
    with scopes_disabled():
        assert list(Message.objects.values_list("kind", "state", "why")) == [
            ("survey.invitation", "sent", ""),
            ("survey.reminder", "held", "not_wanted"),
        ]


def test_of_a_deleted_survey_nobody_is_reminded_and_nothing_leaves(survey, link, rooms_mail):
    ask(survey, link)
    work()
    ask(survey, link, email="pekka@example.com")
    with scope(workspace=survey.workspace):
        due.send_due(survey.workspace)
        Invitation.objects.update(reminder_at=timezone.now())
    surveys.delete_survey(survey=survey)
    work()
    assert [taken.recipients for taken in rooms_mail.taken] == [["maija@example.com"]]
    assert rows("state", "why", "reminder_at", "reminded_at") == [
        ("sent", "", None, None),
        ("skipped", "not_wanted", None, None),
    ]


@pytest.mark.parametrize(
    ("why", "hinder"),
    [
        ("no_address", lambda survey, link: None),
        ("suppressed", lambda survey, link: messaging.add_to_suppressions(
            workspace=survey.workspace, addresses=["maija@example.com"], reason=Suppression.Reason.ADDED, actor=None
        )),
        ("closed", lambda survey, link: surveys.close_survey(survey=survey, actor=None)),
        ("limit_any", lambda survey, link: note_ask(
            workspace=survey.workspace, ids=["maija@example.com"], survey=None, metrics=[], at=timezone.now()
        )),
    ],
)  # fmt: skip
def test_who_may_not_be_asked_is_not_and_it_says_why(survey, link, rooms_mail, why, hinder):
    ask(survey, link, email="ei osoite" if why == "no_address" else "maija@example.com")
    hinder(survey, link)
    work()
    assert rooms_mail.taken == []
    assert rows("state", "why", "digest") == [("skipped", why, None)]
    with scopes_disabled():
        assert Message.objects.count() == 0


def test_what_waits_can_be_taken_back_even_when_its_message_is_in_the_queue(
    survey, link, rooms_mail, settings
):
    ask(survey, link, send_at=timezone.now() + timedelta(days=1))
    assert domain.cancel_waiting(survey=survey, actor=None) == 1
    settings.SENDS_MAIL = False
    ask(survey, link)
    work()
    assert rows("state") == [("skipped",), ("waiting",)]
    domain.cancel_waiting(survey=survey, actor=None)
    settings.SENDS_MAIL = True
    work()
    assert rooms_mail.taken == []
    assert rows("state", "why") == [("skipped", "cancelled")] * 2


def test_a_long_list_is_kept_and_taken_back_piece_by_piece(survey, link):
    """Nobody else who writes waits for all of it: what broke off has kept the pieces before."""
    people = [
        Invitation(
            workspace=survey.workspace,
            survey=survey,
            link=link,
            email=f"{number}@example.com",
            send_at=timezone.now(),
        )
        for number in range(501)
    ]
    people[-1].send_at = None
    with pytest.raises(IntegrityError):
        domain.invite_list(survey=survey, invitations=people, actor=None, way="list")
    with scope(workspace=survey.workspace):
        assert Invitation.objects.count() == 500
        assert domain.cancel_waiting(survey=survey, actor=None) == 500
        assert set(Invitation.objects.values_list("state", "why")) == {("skipped", "cancelled")}


def test_one_click_in_the_mail_program_ends_the_matter_and_looking_at_the_page_does_not(
    survey, link, rooms_mail, client
):
    ask(survey, link)
    work()
    (taken,) = rooms_mail.taken
    address = taken.message["List-Unsubscribe"].strip("<>")
    path = address.removeprefix("http://localhost:8000")
    assert taken.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for method in ("get", "head", "get"):
        assert getattr(client, method)(path).status_code == 200
    assert not messaging.is_suppressed(survey.workspace, "maija@example.com")
    client.handler.enforce_csrf_checks = True
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert (
        "Et saa enää viestejä" in answer.content.decode() or "You will get no more" in answer.content.decode()
    )
    assert messaging.is_suppressed(survey.workspace, "maija@example.com")
    assert rows("state", "why") == [("declined", "unsubscribed")]
    ask(survey, link)
    work()
    assert len(rooms_mail.taken) == 1
    assert client.post(path, {"back": "1"}).status_code == 200
    assert not messaging.is_suppressed(survey.workspace, "maija@example.com")


def test_a_message_that_comes_back_ends_the_invitation_and_the_address(survey, link, rooms_mail):
    ask(survey, link)
    work()
    (taken,) = rooms_mail.taken
    assert take_report(delivery_report(taken, status="5.1.1")) == "hard"
    assert rows("state", "why") == [("bounced", "no_address")]
    assert messaging.is_suppressed(survey.workspace, "maija@example.com")


def test_own_words_are_used_and_pipes_are_filled(survey, link, rooms_mail, owner):
    from polku.surveys.inviting.texts import MailTexts

    texts = {"fi": MailTexts(subject="Hei {trait.first_name|sinä}!", intro="Rivi\n\n<b>Toinen</b>")}
    set_mail_settings(survey=survey, settings=MailSettings(texts=texts, reminder_days=0), actor=owner)
    ask(survey, link, known={"first_name": "Maija\nBcc: x@example.com"})
    ask(survey, link, email="pekka@example.com")
    work()
    assert [taken.message["Subject"] for taken in rooms_mail.taken] == [
        "Hei Maija Bcc: x@example.com!",
        "Hei sinä!",
    ]
    assert "&lt;b&gt;Toinen&lt;/b&gt;" in rooms_mail.taken[0].part("html")
    assert "<b>Toinen</b>" in rooms_mail.taken[0].part("plain")
    with scopes_disabled():
        assert set(Invitation.objects.values_list("reminder_at", flat=True)) == {None}
