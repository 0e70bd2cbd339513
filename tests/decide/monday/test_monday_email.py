"""The e-mail of Monday, over a real SMTP server: who gets it, when, once, and how it is stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.decide.losing.keeping import count_and_keep
from polku.decide.models import MondayMailing
from polku.decide.monday import mail
from polku.decide.monday.choosing import choose, readers_of
from polku.jobs import queue
from polku.jobs.models import Job
from polku.journeys import domain
from polku.messaging.models import Message, Suppression
from tests.decide.acting.worlds_of_work import DONE_ON, draw_shop, finished, load_rows, rows_of_shop

MONDAY_MORNING = datetime(2026, 4, 6, 4, 30, tzinfo=UTC)
"""Half past seven in Finland."""


@pytest.fixture
def shop(workspace, store, owner):
    points = draw_shop(workspace)
    rows = rows_of_shop(
        shares={"Safari": (0.8, 0.4), "Chrome": (0.8, 0.8)}, seed=11, per_day=8, days=(-30, 30)
    )
    load_rows(store, workspace, rows)
    domain.update_touchpoint(touchpoint=points[0], assumed_feeling=0.95)
    finished(points[0], owner, {"figure": "continued"}, done_on=DONE_ON)
    count_and_keep(workspace.pk, {"journey": points[0].stage.journey_id}, lambda done, total: None)
    return points


def due() -> None:
    with scopes_disabled():
        Message.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def test_it_says_what_the_page_says_in_the_readers_language_and_stops_by_one_click(
    shop,
    workspace,
    owner,
    teammate,
    rooms_mail,
    client,
):
    owner.language = "en"
    owner.save()
    choose(workspace=workspace, user=teammate, is_wanted=True, actor=teammate)
    assert mail.send_monday(workspace, MONDAY_MORNING) == 2
    assert mail.send_monday(workspace, MONDAY_MORNING + timedelta(hours=2)) == 0
    queue.work_off()
    by_address = {each.recipients[0]: each for each in rooms_mail.taken}
    assert set(by_address) == {owner.email, teammate.email}
    english, finnish = by_address[owner.email], by_address[teammate.email]
    assert "Monday 6 Apr" in english.message["Subject"]
    assert "maanantai 6.4." in finnish.message["Subject"]
    for part in ("plain", "html"):
        text = " ".join(english.part(part).split())
        titles = ["Data until", "Really changed", "Fix first", "Biggest surprises", "Finished actions"]
        places = [text.index(title) for title in titles]
        assert places == sorted(places)
        assert "Korjaa maksu" in text
        assert "No evidence of change in" in text
        assert "{{" not in text
        assert "Korjaa ensin" in finnish.part(part)
    assert english.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = english.message["List-Unsubscribe"].strip("<>")
    path = "/" + link.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert owner in readers_of(workspace)
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert readers_of(workspace) == [teammate]
    with scope(workspace=workspace):
        assert Suppression.objects.count() == 0
    assert client.post(path, {"back": "1"}).status_code == 200
    assert readers_of(workspace) == [owner, teammate]


def test_owners_get_it_unless_they_choose_otherwise_and_others_only_if_they_do(workspace, owner, teammate):
    assert readers_of(workspace) == [owner]
    choose(workspace=workspace, user=owner, is_wanted=False, actor=owner)
    assert readers_of(workspace) == []
    workspace.is_simulated = True
    workspace.save()
    choose(workspace=workspace, user=teammate, is_wanted=True, actor=teammate)
    assert readers_of(workspace) == [teammate]


@pytest.mark.parametrize(
    ("moment", "sends", "jobs"),
    [
        (MONDAY_MORNING, True, 1),
        (MONDAY_MORNING, False, 0),
        (MONDAY_MORNING - timedelta(hours=1), True, 0),
        (MONDAY_MORNING + timedelta(hours=12), True, 0),
        (MONDAY_MORNING + timedelta(days=1), True, 0),
    ],
)
def test_it_is_looked_for_on_monday_in_the_companys_time(workspace, settings, moment, sends, jobs):
    settings.SENDS_MAIL = sends
    mail.look_for_monday(moment)
    mail.look_for_monday(moment)
    assert Job.objects.filter(kind=mail.JOB).count() == jobs


def test_a_mailing_that_was_made_is_not_looked_for_again(workspace, settings):
    settings.SENDS_MAIL = True
    with scope(workspace=workspace):
        MondayMailing.objects.create(workspace=workspace, monday=MONDAY_MORNING.date(), recipients=1)
    mail.look_for_monday(MONDAY_MORNING)
    assert not Job.objects.filter(kind=mail.JOB).exists()


def test_without_a_map_with_data_nothing_is_sent_and_the_monday_is_over(workspace, owner):
    assert mail.send_monday(workspace, MONDAY_MORNING) == 0
    with scope(workspace=workspace):
        assert MondayMailing.objects.get().recipients == 0
        assert Message.objects.count() == 0


def test_the_choice_stands_on_the_account_and_on_the_page(workspace, owner, owner_client, settings):
    settings.SENDS_MAIL = True
    assert "Testikauppa" in owner_client.get("/account/").content.decode()
    answer = owner_client.post("/w/testikauppa/monday/email", {"on": "0", "back": "account"})
    assert answer["Location"] == "/account/"
    assert readers_of(workspace) == []
    owner_client.post("/w/testikauppa/monday/email", {"on": "1"})
    assert readers_of(workspace) == [owner]


@pytest.mark.django_db
def test_a_wrong_link_tells_nothing(client):
    assert client.get("/monday/eivoiarvata/").status_code == 404
