"""The Collect pages: links and their posters, whom to ask, the message's words; who may do what of it."""

from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import set_member
from polku.accounts.models import AuditEntry
from polku.eventstore.port import PERSON_BATCH, SIGNAL_BATCH
from polku.jobs import queue
from polku.people.domain import create_segment
from polku.surveys import domain
from polku.surveys.answering.finding import find
from polku.surveys.inviting.texts import mail_settings
from polku.surveys.models import Invitation, SurveyLink
from tests.surveys.inviting.conftest import definition
from tests.undoing import undo_token


@pytest.fixture
def base(survey):
    return f"/w/testikauppa/surveys/{survey.pk}/collect"


def invited():
    with scopes_disabled():
        return list(
            Invitation.objects.order_by("pk").values_list("email", "language", "known", "fields", "order")
        )


def audited(start):
    with scopes_disabled():
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        return [action for action in actions if action.startswith(start)]


def links(survey, **which):
    with scope(workspace=survey.workspace):
        return list(SurveyLink.objects.filter(survey=survey, **which).order_by("pk"))


def opens(address: str) -> bool:
    return find(address.rpartition("/")[2], timezone.now()) is not None


def test_a_link_is_made_renamed_switched_off_deleted_and_brought_back(survey, base, owner_client):
    given = {"kind": "open", "name": "Uutiskirje", "fields_text": "store = Helsinki\n\nkampanja=syksy"}
    assert owner_client.post(f"{base}/links/add/", given).status_code == 302
    link = links(survey, name="Uutiskirje")[0]
    assert link.fields == {"store": "Helsinki", "kampanja": "syksy"}
    page = owner_client.get(f"{base}/").content.decode()
    address = re.findall(rf'id="link-{link.pk}">([^<]+)<', page)[0]
    assert address.startswith("http://testserver/s/")
    assert opens(address)
    owner_client.post(f"{base}/links/{link.pk}/", {"name": "Syyskirje", "fields_text": ""})
    owner_client.post(f"{base}/links/{link.pk}/switch/", {"on": "0"})
    assert not opens(address)
    owner_client.post(f"{base}/links/{link.pk}/switch/", {"on": "1"})
    response = owner_client.post(f"{base}/links/{link.pk}/delete/", follow=True)
    assert not opens(address)
    owner_client.post("/w/testikauppa/surveys/collect/restore/", {"token": undo_token(response)})
    assert opens(address)
    assert links(survey, pk=link.pk)[0].name == "Syyskirje"
    assert audited("survey_link") == [
        "survey_link.created",
        "survey_link.updated",
        "survey_link.updated",
        "survey_link.updated",
        "survey_link.deleted",
        "survey_link.restored",
    ]


@pytest.mark.parametrize(
    "fields", ["store", "=x", "store=", "a b=1", "\n".join(f"k{n}=1" for n in range(11))]
)
def test_hidden_fields_that_are_none_are_told(base, owner_client, fields):
    given = {"kind": "open", "name": "X", "fields_text": fields}
    assert owner_client.post(f"{base}/links/add/", given).status_code == 422


@pytest.mark.contract
def test_a_poster_is_a_pdf_a_page_and_two_pictures(survey, base, owner_client):
    (link,) = links(survey, kind="open")
    poster = f"{base}/links/{link.pk}/poster"
    owner_client.post(
        f"{poster}/", {"title-fi": "Mitä <kuuluu>?", "line-fi": "", "title-sv": "", "line-sv": ""}
    )
    pdf = owner_client.get(f"{poster}/poster.pdf?size=a5")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert 'linkki-a5.pdf"' in pdf["Content-Disposition"]
    sheet = owner_client.get(f"{poster}/sheet/?size=tent")
    assert "Mitä &lt;kuuluu&gt;?" in sheet.content.decode()
    assert "style-src 'sha256-" in sheet["Content-Security-Policy"]
    assert owner_client.get(f"{poster}/sheet/?size=a0").status_code == 404
    svg = owner_client.get(f"{base}/links/{link.pk}/qr.svg")
    assert (svg["Content-Type"], b"<script" in svg.content) == ("image/svg+xml", False)
    assert owner_client.get(f"{base}/links/{link.pk}/qr.png").content.startswith(b"\x89PNG")


def test_links_of_other_kinds_have_no_poster(survey, base, owner_client):
    (link,) = links(survey, kind="test")
    assert owner_client.get(f"{base}/links/{link.pk}/poster/").status_code == 404


def checked(page: str) -> str:
    return re.findall(r'name="list" value="([^"]+)"', page)[0]


def test_a_file_is_looked_at_first_and_sent_then(survey, base, owner_client):
    content = "email;kieli;etunimi;tilaus;store;turha\nmaija@example.com;sv;Maija;1001;Oulu;x\nei;;;;;\n"
    file = SimpleUploadedFile("lista.csv", content.encode("cp1252"), content_type="text/csv")
    page = owner_client.post(f"{base}/email/", {"file": file}).content.decode()
    assert "turha" in page
    assert ">ei<" in page or "ei</p>" in page
    assert invited() == []
    response = owner_client.post(f"{base}/email/send/", {"list": checked(page)})
    assert response.status_code == 302
    assert invited() == [("maija@example.com", "sv", {"first_name": "Maija"}, {"store": "Oulu"}, "1001")]
    assert audited("invitation") == ["invitation.created"]
    # Sent again from the same page: whoever was invited is left out.
    owner_client.post(f"{base}/email/send/", {"list": checked(page)})
    assert len(invited()) == 1


def test_a_list_of_another_survey_or_one_made_up_is_not_sent(survey, base, owner, owner_client):
    other = domain.create_survey(
        workspace=survey.workspace, definition=definition(), name="Toinen", actor=owner
    )
    domain.publish_survey(survey=other, actor=owner)
    page = owner_client.post(f"{base}/email/", {"addresses": "maija@example.com"}).content.decode()
    foreign = f"/w/testikauppa/surveys/{other.pk}/collect/email/send/"
    for address, token in (
        (foreign, checked(page)),
        (f"{base}/email/send/", signing.dumps({"way": "list", "send_at": "", "people": []})),
        (f"{base}/email/send/", ""),
    ):
        assert owner_client.post(address, {"list": token}).status_code == 302
    assert invited() == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"addresses": "a@example.com", "segment": "SEGMENT"},
        {"segment": "999"},
        {"addresses": "a@example.com", "send_at": "huomenna"},
        {"addresses": "a@example.com", "send_at": "9999-12-31T23:59"},
    ],
)
def test_what_cannot_be_chosen_is_told(survey, base, owner_client, given):
    rule = {"where": [{"property": "person.city", "op": "eq", "value": "Oulu"}]}
    segment = create_segment(workspace=survey.workspace, name="Oululaiset", rule=rule)
    given = {name: str(segment.pk) if value == "SEGMENT" else value for name, value in given.items()}
    assert owner_client.post(f"{base}/email/", given).status_code == 422
    assert invited() == []


@pytest.mark.parametrize("passed", ["0001-01-01T00:00", "2020-02-02T20:20"])
def test_a_moment_that_has_passed_is_at_once(base, owner_client, passed):
    before = timezone.now()
    page = owner_client.post(f"{base}/email/", {"addresses": "maija@example.com", "send_at": passed})
    owner_client.post(f"{base}/email/send/", {"list": checked(page.content.decode())})
    with scopes_disabled():
        sent = Invitation.objects.get().send_at
    assert before <= sent <= timezone.now()


def test_a_segment_is_asked_in_the_names_of_its_people(survey, base, owner_client, store):
    key = survey.workspace.key.hex
    people = [
        {"person": "maija@example.com", "aliases": [], "properties": '{"city": "Oulu", "language": "sv"}'},
        {"person": "nimetön-9", "aliases": [], "properties": '{"city": "Oulu"}'},
        {"person": "pekka@example.com", "aliases": [], "properties": '{"city": "Turku"}'},
    ]
    store.load_people(key, pa.Table.from_pylist(people, schema=PERSON_BATCH))
    signals = [
        {
            "message_id": f"{number:032x}",
            "kind": 1,
            "name": "käynti",
            "time": dt.datetime(2026, 3, 1),
            "person": person["person"],
        }
        for number, person in enumerate(people)
    ]
    store.load_signals(key, pa.Table.from_pylist(signals, schema=SIGNAL_BATCH), rules=[])
    rule = {"where": [{"property": "person.city", "op": "eq", "value": "Oulu"}]}
    segment = create_segment(workspace=survey.workspace, name="Oululaiset", rule=rule)
    page = owner_client.post(f"{base}/email/", {"segment": segment.pk}).content.decode()
    assert "nimetön-9" in page
    owner_client.post(f"{base}/email/send/", {"list": checked(page)})
    with scopes_disabled():
        row = Invitation.objects.get()
        assert (row.email, row.language, row.person_number is not None) == ("maija@example.com", "sv", True)


def test_words_are_kept_seen_and_tried_out(survey, base, owner_client, owner, rooms_mail):
    names = ("subject", "intro", "reminder_subject", "reminder_intro")
    given = {f"{name}-{language}": "" for language in ("fi", "sv") for name in names}
    given |= {"reminder_days": "0", "expiry_days": "14"}
    given["subject-fi"] = "Miten meni, {trait.first_name|asiakas}?"
    assert owner_client.post(f"{base}/email/words/", given).status_code == 302
    kept = mail_settings(survey)
    assert (kept.reminder_days, kept.expiry_days, kept.texts["fi"].subject) == (0, 14, given["subject-fi"])
    preview = owner_client.get(f"{base}/email/preview/?language=fi")
    assert "Miten meni, asiakas?" in preview.content.decode()
    assert "style-src 'sha256-" in preview["Content-Security-Policy"]
    assert " style=" not in preview.content.decode()
    owner_client.post(f"{base}/email/test/", {"language": "sv"})
    queue.work_off()
    (taken,) = rooms_mail.taken
    assert taken.recipients == [owner.email]
    assert "Vill du berätta" in taken.message["Subject"]
    assert taken.message["List-Unsubscribe"] is None
    for wrong in ({"expiry_days": 0}, {"reminder_days": 61}, {"subject-fi": "x" * 151}):
        assert owner_client.post(f"{base}/email/words/", given | wrong).status_code == 422


def test_an_anonymous_survey_tells_how_many_answered_and_not_who(workspace, owner, owner_client):
    made = domain.create_survey(
        workspace=workspace, definition=definition(), name="Nimetön", actor=owner, is_anonymous=True
    )
    domain.publish_survey(survey=made, actor=owner)
    base = f"/w/testikauppa/surveys/{made.pk}/collect/email"
    page = owner_client.post(f"{base}/", {"addresses": "a@example.com b@example.com c@example.com"})
    owner_client.post(f"{base}/send/", {"list": checked(page.content.decode())})
    with scopes_disabled():
        first, second, _third = Invitation.objects.order_by("pk")
        Invitation.objects.filter(pk__in=[first.pk, second.pk]).update(state="sent")
        Invitation.objects.filter(pk=first.pk).update(is_answered=True)
    for state in ("", "?state=answered", "?state=sent", "?state=declined"):
        shown = owner_client.get(f"{base}/people/{state}").content.decode()
        assert ("a@example.com" in shown, "b@example.com" in shown) == (False, False)
        assert "c@example.com" in shown


@pytest.mark.parametrize(
    ("role", "may_send", "may_see"),
    [("viewer", False, False), ("agent", False, True), ("analyst", False, True), ("editor", True, True)],
)
def test_an_editor_sends_an_agent_sees_whom_and_a_viewer_neither(
    survey, base, owner, teammate, client, role, may_send, may_see
):
    set_member(workspace=survey.workspace, user=teammate, role=role, actor=owner)
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    answers = [
        client.get(f"{base}/").status_code,
        client.get(f"{base}/email/people/").status_code,
        client.post(f"{base}/email/", {"addresses": "a@example.com"}).status_code,
        client.post(f"{base}/email/cancel/").status_code,
    ]
    assert answers == [200, 200 if may_see else 403, 200 if may_send else 403, 302 if may_send else 403]


def test_a_mail_server_that_takes_nothing_is_told(survey, base, owner_client, rooms_mail, settings):
    page = owner_client.post(f"{base}/email/", {"addresses": "maija@example.com"}).content.decode()
    settings.EMAIL_PORT = 9  # nothing listens there
    owner_client.post(f"{base}/email/send/", {"list": checked(page)})
    queue.work_off()
    shown = owner_client.get(f"{base}/email/people/").content.decode()
    assert "Sähköpostipalvelin ei juuri nyt ota viestejä" in shown
