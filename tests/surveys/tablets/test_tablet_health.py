from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django_scopes import scope

from polku.surveys.models import Tablet
from polku.surveys.tablets.domain import update_tablet
from polku.surveys.tablets.notices import forget
from polku.surveys.tablets.queries import health_of, is_open
from polku.surveys.templatetags.survey_collecting import seen

HOURS = {"weekdays": ["09:00", "20:00"], "saturday": ["10:00", "18:00"]}
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)  # 02.00 in Helsinki


@pytest.mark.parametrize(
    ("moment", "is_it"),
    [
        (datetime(2026, 11, 23, 8, 59), False),
        (datetime(2026, 11, 23, 9, 0), True),
        (datetime(2026, 11, 23, 20, 0), False),
        (datetime(2026, 11, 28, 12, 0), True),
        (datetime(2026, 11, 29, 12, 0), False),
    ],
)
def test_opening_hours(moment, is_it):
    assert is_open(HOURS, moment) is is_it
    assert is_open({}, moment) is True


@pytest.mark.parametrize(
    ("hour", "silent_for", "state"),
    [
        (10, 3, "well"),
        (10, 16, "silent"),
        (10, 60 * 24 * 3, "silent"),
        (7.1, 60 * 11, "resting"),  # opened at nine, six minutes ago: somebody is switching it on
        (7.5, 60 * 11, "silent"),
        (20, 60 * 3, "resting"),
    ],
)
def test_silence_counts_while_the_shop_is_open(workspace, paired, hour, silent_for, state):
    tablet, _token = paired
    now = MONDAY + timedelta(hours=hour)  # two hours more in Helsinki
    tablet.hours, tablet.seen_at = HOURS, now - timedelta(minutes=silent_for)
    assert health_of(tablet, now).state == state


def test_every_page_tells_of_a_silent_tablet(owner_client, workspace, survey, paired):
    tablet, _token = paired
    page = f"/w/{workspace.slug}/surveys/tablets/"
    forget()
    assert "is silent although" not in owner_client.get(page).content.decode()
    with scope(workspace=workspace):
        Tablet.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=20))
    forget()
    body = owner_client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "The tablet “Tampere, ovi” is silent although the shop is open." in body
    assert "seen 20 min ago" in body
    nearly_always_closed = {"sunday": ["00:00", "00:01"]}
    update_tablet(tablet=tablet, name=tablet.name, hours=nearly_always_closed, actor=None)
    forget()
    body = owner_client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "is silent although" not in body
    assert "closed now" in body


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "nähty juuri äsken"),
        (timedelta(minutes=3, seconds=40), "nähty 3 min sitten"),
        (timedelta(hours=5), "nähty 5 h sitten"),
        (timedelta(days=2), "nähty 2 päivää sitten"),
    ],
)
def test_when_it_was_seen_in_words(ago, words):
    with translation.override("fi"):
        assert seen(ago) == words


def test_opening_hours_are_set_on_a_page(owner_client, workspace, paired):
    tablet, _token = paired
    address = f"/w/{workspace.slug}/surveys/tablets/{tablet.pk}/"
    wrong = {"name": "Ovi", "weekdays_from": "20:00", "weekdays_to": "09:00", "sunday_from": "12:00"}
    answer = owner_client.post(address, wrong, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "It closes before it opens." in answer.content.decode()
    right = {"name": "Ovi", "weekdays_from": "09:00", "weekdays_to": "20:00"}
    assert owner_client.post(address, right).status_code == 302
    with scope(workspace=workspace):
        row = Tablet.objects.get(pk=tablet.pk)
    assert (row.name, row.hours) == ("Ovi", {"weekdays": ["09:00", "20:00"]})
