"""Alerts: found once, day by day as all at once, told once by real e-mail and webhooks, and acknowledged."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django_scopes import scope

from polku.decide.alerting.choices import FIGURES, choose_alerts, readers_of
from polku.decide.alerting.looking import look
from polku.decide.alerting.series import Days
from polku.decide.alerting.telling import send_test, tell
from polku.decide.models import Alert, Watch
from polku.jobs import queue
from tests.decide.acting.worlds_of_work import DONE_ON, draw_shop, load_rows, rows_of_shop

SHARES = {"Safari": (0.8, 0.8)}


def rows(days: tuple[int, int], happy=(0.85, 0.45)):
    return rows_of_shop(shares=SHARES, seed=5, per_day=20, days=days, happy=happy)


def up_to(made: list[dict], day: int) -> list[dict]:
    end = dt.datetime.combine(DONE_ON + dt.timedelta(days=day), dt.time())
    return [row for row in made if row["time"] < end]


@pytest.fixture
def shop(workspace, store):
    points = draw_shop(workspace)
    with scope(workspace=workspace):
        yield points


def test_a_fall_is_found_day_by_day_and_once(shop, workspace, store):
    made, found, seen = rows((-60, 16)), [], 0
    for day in range(-4, 17, 2):  # two more days arrive at each look
        load_rows(store, workspace, up_to(made, day)[seen:])
        seen = len(up_to(made, day))
        found += look(workspace)
        assert look(workspace) == []
    (alert,) = found
    assert (alert.touchpoint, alert.figure, alert.metric, alert.scale) == (shop[0], "say", "csat", "1-5")
    assert DONE_ON < alert.on < DONE_ON + dt.timedelta(days=12)
    assert alert.change["before"]["value"] == pytest.approx(0.85, abs=0.03)
    assert alert.change["ci"][1] < 0
    assert alert.unchanged == 2  # continued and contacts
    assert alert.told_at is None
    row = Watch.objects.get(figure="say")
    assert row.level_from == alert.on + dt.timedelta(days=1)
    assert sum(row.days["n"]) == sum(r["name"] == "csat" for r in up_to(made, 15))

    # All at once finds the same.
    Alert.objects.all().delete()
    Watch.objects.all().delete()
    choose_alerts(workspace=workspace, figures=FIGURES, left_out=[], readers=[], actor=None)
    (again,) = look(workspace)
    assert (again.on, again.since, again.change) == (alert.on, alert.since, alert.change)


def test_nothing_is_found_where_nothing_changed_and_late_data_are_counted(shop, workspace, store):
    made = rows((-60, 10), happy=(0.85, 0.85))
    late = [row for row in made if row["time"].day == 14 and row["name"] == "csat"]
    load_rows(store, workspace, [row for row in up_to(made, 8) if row not in late])
    assert look(workspace) == []
    before = sum(Watch.objects.get(figure="say").days["n"])
    load_rows(store, workspace, late + [row for row in made if row not in up_to(made, 8)])
    assert look(workspace, now=timezone.now() + dt.timedelta(days=8)) == []
    assert sum(Watch.objects.get(figure="say").days["n"]) == before + len(late) + 40


def test_kept_days_are_joined_and_cut():
    def days(first: int, n: list[float]) -> Days:
        return Days.read(DONE_ON + dt.timedelta(days=first), {"n": n, "total": n, "squares": n})

    joined = days(0, [1, 2, 3]).joined(days(2, [5, 6]))
    assert (joined.first, joined.n.tolist()) == (DONE_ON, [1, 2, 5, 6])
    assert days(0, [1]).joined(days(3, [4])).n.tolist() == [1, 0, 0, 4]
    assert days(0, [10, 10]).differs(days(1, [20, 5]))
    assert not days(0, [100, 100]).differs(days(1, [101, 5]))
    level = days(10, [0] * 30).level(DONE_ON)
    assert (level.first - DONE_ON).days == 14  # the rounds keep their days of the week


def test_one_mail_tells_of_an_hour_and_only_members_get_it(
    shop, workspace, store, owner, teammate, rooms_mail
):
    made = rows((-60, 12))
    load_rows(store, workspace, made)
    choose_alerts(workspace=workspace, figures=FIGURES, left_out=[], readers=[owner, teammate], actor=owner)
    assert len(look(workspace)) == 1
    workspace.memberships.filter(user=teammate).delete()
    assert readers_of(workspace) == [owner]
    now = timezone.now()
    assert tell(workspace, now=now) == 1
    assert tell(workspace, now=now + dt.timedelta(hours=2)) == 0
    queue.work_off()
    (mail,) = rooms_mail.taken
    assert mail.recipients == [owner.email]
    said = "Maksu: CSAT 8"
    assert said in mail.message["Subject"]
    assert said in mail.part("plain")
    assert "Ei näyttöä muutoksesta 2 muussa" in mail.part("plain")
    assert "todennäköisesti −" in mail.part("html")
    # Another alert within the hour waits.
    Alert.objects.update(told_at=None)
    assert tell(workspace, now=now + dt.timedelta(minutes=30)) == 0
    assert tell(workspace, now=now + dt.timedelta(minutes=61)) == 1
    send_test(workspace, owner)
    queue.work_off()
    assert "testiviesti" in rooms_mail.taken[-1].message["Subject"]


def test_the_pages_of_alerts(shop, workspace, store, owner, owner_client):
    load_rows(store, workspace, rows((-60, 12)))
    (alert,) = look(workspace)
    base = f"/w/{workspace.slug}"
    page = owner_client.get(f"{base}/numbers/changes/alerts/").content.decode()
    assert "Maksu: CSAT" in page
    owner_client.post(f"{base}/numbers/changes/alerts/{alert.pk}/acknowledge", {"seen": "1"})
    alert.refresh_from_db()
    assert alert.acknowledged_by == owner
    chosen = {"readers": [owner.pk], "figures": ["say", "promise"]}
    owner_client.post(f"{base}/settings/alerts/", chosen)
    assert readers_of(workspace) == [owner]
    assert owner_client.post(f"{base}/settings/alerts/", {"readers": ["0"]}).status_code == 422
    assert (
        "ei vielä voi lähettää"
        in owner_client.post(f"{base}/settings/alerts/test", follow=True).content.decode()
    )
