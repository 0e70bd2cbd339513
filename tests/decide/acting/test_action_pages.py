"""The pages of actions, from making one by hand to telling customers what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from polku.decide.acting import jobs
from polku.jobs import queue
from polku.jobs.models import Job
from polku.journeys import domain
from polku.journeys.models import Action
from tests.decide.acting.worlds_of_work import DONE_ON, draw_shop, load_rows, rows_of_shop

BASE = "/w/testikauppa/actions/"


@pytest.fixture
def shop(workspace, store):
    points = draw_shop(workspace)
    load_rows(
        store,
        workspace,
        rows_of_shop(shares={"Safari": (0.45, 0.75), "Chrome": (0.8, 0.82)}, seed=7, per_day=8),
    )
    return points


@pytest.fixture
def made(shop, owner, owner_client) -> Action:
    owner.language = "en"
    owner.save()
    answer = owner_client.post(
        f"{BASE}new", {"touchpoint": shop[0].pk, "name": "Vaihda maksusivu", "due_on": "2026-02-20"}
    )
    with scope(workspace=shop[0].workspace):
        action = Action.objects.get()
    assert answer["Location"] == f"{BASE}{action.pk}/"
    return action


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_an_action_goes_from_being_made_to_its_effect_on_the_map(made, shop, owner, owner_client, workspace):
    page = f"{BASE}{made.pk}/"
    chosen = {
        "name": "Vaihda maksusivu",
        "owner": owner.pk,
        "due_on": "2026-02-20",
        "metric": '["continued", null]',
        "cost": "1500",
    }
    assert owner_client.post(f"{page}change", chosen).status_code == 302
    listed = text_of(owner_client.get(BASE))
    assert "should have been ready already" in listed
    assert "Share that continued" in text_of(owner_client.get(page))
    done = owner_client.post(f"{page}state", {"to": "finish", "done_on": DONE_ON.isoformat()}, follow=True)
    assert "Undo" in text_of(done)
    assert "It is being counted" in text_of(done)
    assert Job.objects.filter(kind=jobs.JOB).count() == 1
    queue.work_off()
    shown = text_of(owner_client.get(page))
    assert "Clearly better after it." in shown
    assert "Only before and after: something else may have changed at the same time." in shown
    journey = shop[0].stage.journey_id
    panel = text_of(owner_client.get(reverse("journeys:panel", args=["testikauppa", journey, shop[0].pk])))
    assert "Vaihda maksusivu" in panel
    assert "Clearly better after it." in panel
    map_page = text_of(owner_client.get(f"/w/testikauppa/journeys/{journey}/"))
    assert 'class="work-mark is-done tone-good"' in map_page


def test_a_state_is_undone_by_its_button(made, owner_client):
    page = f"{BASE}{made.pk}/"
    answer = owner_client.post(f"{page}state", {"to": "drop"}, follow=True).content.decode()
    token = answer.split('name="token" value="')[1].split('"')[0]
    made.refresh_from_db()
    assert made.state == "dropped"
    owner_client.post(f"{BASE}restore", {"token": token})
    made.refresh_from_db()
    assert made.state == "under-way"


@pytest.mark.parametrize(
    "given",
    [
        {"to": "finish", "done_on": "ei päivä"},
        {"to": "finish", "done_on": (timezone.localdate() + timedelta(days=3)).isoformat()},
        {"to": "lennä"},
        {},
    ],
)
def test_a_wrong_state_changes_nothing_and_is_told(made, owner_client, given):
    answer = owner_client.post(f"{BASE}{made.pk}/state", given, follow=True)
    assert answer.status_code == 200
    made.refresh_from_db()
    assert (made.state, made.done_on) == ("under-way", None)


def test_a_viewer_sees_and_changes_nothing(made, client, teammate):
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = f"{BASE}{made.pk}/"
    assert client.get(page).status_code == 200
    assert client.get(BASE).status_code == 200
    assert client.post(f"{page}change", {"name": "x"}).status_code == 403
    assert client.post(f"{page}state", {"to": "drop"}).status_code == 403


def test_customers_read_what_was_published_and_nothing_else(made, owner_client, client, workspace):
    page = f"{BASE}{made.pk}/words"
    proposed = owner_client.get(page).content.decode()
    assert "ei onnistu" in proposed
    words = {"you_said": "Maksu <jumittaa>.", "we_did": "Vaihdoimme maksusivun."}
    owner_client.post(page, words)
    assert "said/" not in owner_client.get(page).content.decode()
    owner_client.post(page, {**words, "publish": "1"})
    shown = owner_client.get(page).content.decode()
    address = shown.split('id="said-address" href="http://testserver')[1].split('"')[0]
    client.logout()
    public = client.get(address)
    assert public.status_code == 200
    assert "Maksu &lt;jumittaa&gt;." in public.content.decode()
    assert (public["Cache-Control"], dict(public.cookies)) == ("public, max-age=300", {})
    for absent in ("<script", "omistaja", "http://", "https://"):
        assert absent not in public.content.decode()
    assert client.get(address, headers={"If-None-Match": public["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    assert client.get(address + "x").status_code == 404


def test_the_public_address_can_be_chosen_once_in_the_installation(made, owner_client, client, outsider):
    words = {"you_said": "a", "we_did": "b", "publish": "1"}
    owner_client.post(f"{BASE}{made.pk}/words", words)
    assert (
        owner_client.post(f"{BASE}customer-page", {"name": "Testikauppa", "lead": "Kiitos."}).status_code
        == 302
    )
    assert "Kiitos." in client.get("/said/testikauppa").content.decode()
    client.force_login(outsider, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/w/toinen/actions/customer-page", {"name": "testikauppa"}).status_code == 422


def test_daily_every_workspace_with_finished_work_is_estimated(made, owner, workspace):
    jobs.estimate_all()
    assert Job.objects.filter(kind=jobs.JOB).count() == 0
    domain.change_action(action=made, actor=owner, metric={"figure": "continued"})
    domain.finish_action(action=made, done_on=DONE_ON, actor=owner)
    jobs.estimate_all()
    assert Job.objects.filter(kind=jobs.JOB).count() == 1
