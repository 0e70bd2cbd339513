"""Pages of messages: the sender, the suppression list, and the page on which receivers unsubscribe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import AuditEntry
from polku.messaging import domain, outcomes
from polku.messaging.cleaning import forget_old_messages
from polku.messaging.models import Message, SenderIdentity, Suppression
from polku.messaging.tokens import unsubscribe_token
from polku.site.wrong_tokens import MOST, wrong_tokens
from tests.undoing import undo_token

SETTINGS = "/w/testikauppa/settings"


@pytest.fixture(autouse=True)
def nobody_guessed():
    wrong_tokens.forget()
    yield
    wrong_tokens.forget()


@pytest.fixture
def message(workspace):
    return domain.send_email(
        workspace=workspace,
        to="maija@example.com",
        subject="Hei",
        text="Hei",
        html="",
        kind="note",
        language="sv",
    )


def masked():
    with scopes_disabled():
        return sorted(Suppression.objects.values_list("masked", "reason"))


def audited():
    with scopes_disabled():
        return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_one_click_of_a_mail_program_opts_out_without_a_cookie_or_a_page(message):
    """RFC 8058: one POST from anywhere, with nothing but what the header says."""
    program = Client(enforce_csrf_checks=True)
    path = f"/m/{unsubscribe_token(message.number)}/"
    for read in (program.get, program.head, program.options):
        read(path)
    program.post(path, {"List-Unsubscribe": "Something-Else"})
    assert masked() == []
    for _ in range(2):
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert masked() == [("m…@example.com", "unsubscribed")]


def test_the_sender_is_set_and_shown_with_the_records_of_its_domain(workspace, owner_client):
    given = {"name": "Kävytär Oy", "email": "a@kavytar.example", "reply_to": "", "footer": "Oulu"}
    assert owner_client.post(f"{SETTINGS}/sender/", given).status_code == 302
    page = owner_client.get(f"{SETTINGS}/sender/").content.decode()
    assert "_dmarc.kavytar.example" in page
    with scope(workspace=workspace):
        assert SenderIdentity.objects.values("name", "email", "footer").get() == {
            "name": "Kävytär Oy",
            "email": "a@kavytar.example",
            "footer": "Oulu",
        }
    assert audited()[-1] == "sender.updated"
    for wrong in ({"email": "ei osoite"}, {"reply_to": "a@"}, {"name": "x" * 121}):
        assert owner_client.post(f"{SETTINGS}/sender/", given | wrong).status_code == 422


def test_addresses_are_added_searched_taken_off_and_brought_back(workspace, owner_client):
    given = "Maija@Example.com, pekka@example.com;x\nmaija@example.com"
    owner_client.post(f"{SETTINGS}/no-messages/add/", {"addresses": given})
    assert masked() == [("m…@example.com", "added"), ("p…@example.com", "added")]
    with scopes_disabled():
        assert "maija" not in str(list(Suppression.objects.values())).lower()
    page = owner_client.get(f"{SETTINGS}/no-messages/", {"search": "MAIJA@example.com"}).content.decode()
    assert ("m…@example.com" in page, "p…@example.com" in page) == (True, False)
    both = owner_client.get(f"{SETTINGS}/no-messages/", {"search": "example.com"}).content.decode()
    assert ("m…@example.com" in both, "p…@example.com" in both) == (True, True)
    none = owner_client.get(f"{SETTINGS}/no-messages/", {"search": "mai"}).content.decode()
    assert "m…@example.com" not in none
    with scopes_disabled():
        row = Suppression.objects.get(masked="m…@example.com")
    response = owner_client.post(f"{SETTINGS}/no-messages/{row.pk}/remove/", follow=True)
    assert not domain.is_suppressed(workspace, "maija@example.com")
    owner_client.post(f"{SETTINGS}/no-messages/restore/", {"token": undo_token(response)})
    assert domain.is_suppressed(workspace, "maija@example.com")
    assert [action for action in audited() if action.startswith("suppression")] == [
        "suppression.added",
        "suppression.removed",
        "suppression.restored",
    ]


def test_a_long_list_is_imported_and_one_too_long_is_not(workspace, owner_client):
    rows = "\n".join(f"a{number}@example.com" for number in range(domain.MOST_ADDRESSES + 1))
    assert owner_client.post(f"{SETTINGS}/no-messages/add/", {"addresses": rows}).status_code == 422
    few = "\n".join(rows.splitlines()[:600])
    owner_client.post(f"{SETTINGS}/no-messages/add/", {"addresses": few})
    owner_client.post(f"{SETTINGS}/no-messages/add/", {"addresses": few})
    assert len(masked()) == 600
    assert {reason for _masked, reason in masked()} == {"imported"}


def test_what_a_bounce_or_the_company_put_there_no_receiver_takes_off(workspace, message, client):
    path = f"/m/{unsubscribe_token(message.number)}/"
    domain.add_to_suppressions(
        workspace=workspace,
        addresses=["maija@example.com"],
        reason=Suppression.Reason.ADDED,
        actor=None,
    )
    client.post(path, {"stop": "1"})
    client.post(path, {"back": "1"})
    assert masked() == [("m…@example.com", "added")]


def test_the_page_speaks_the_messages_language_and_shows_no_address(message, client):
    page = client.get(f"/m/{unsubscribe_token(message.number)}/").content.decode()
    assert "Vill du inte ha fler meddelanden?" in page
    assert '<html lang="sv"' in page
    assert "maija@example.com" not in page
    assert "m…@example.com" in page


def test_a_post_that_says_nothing_opts_out_of_nothing(workspace, message, client):
    path = f"/m/{unsubscribe_token(message.number)}/"
    for said in ({}, {"List-Unsubscribe": "no"}, {"back": "1"}):
        assert client.post(path, said).status_code == 200
    assert masked() == []
    assert outcomes.is_unsubscribed(message) is False


def test_wrong_tokens_look_the_same_and_after_thirty_a_minute_everything_waits(message):
    right = f"/m/{unsubscribe_token(message.number)}/"
    wrong = ["/m/x/", "/m/" + "a" * 32 + "/", f"/m/{message.number}/", "/m/" + "ä" * 300 + "/"]
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    answers = [stranger.get(path) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    for _attempt in range(MOST - len(wrong)):
        assert stranger.get("/m/wrong/").status_code == 404
    assert [stranger.get(path).status_code for path in ("/m/wrong/", right)] == [429, 429]
    assert int(stranger.get(right)["Retry-After"]) in range(50, 61)
    assert Client(REMOTE_ADDR="192.0.2.8").get(right).status_code == 200


def test_rows_go_after_two_years_and_what_waits_stays(message):
    forget_old_messages()
    with scopes_disabled():
        assert Message.objects.count() == 1
        Message.objects.update(ended_at=timezone.now() - timedelta(days=731))
        forget_old_messages()
        assert Message.objects.count() == 0
