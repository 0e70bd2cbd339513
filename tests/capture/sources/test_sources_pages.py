"""The pages about sources: what they tell, alarms, names, and what may be changed."""

from __future__ import annotations

import pytest
from django.utils import translation
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.capture.models import SourceSettings
from polku.capture.reason_words import describe
from polku.capture.reasons import DROPS, REJECTIONS
from polku.capture.sources import alarms


def test_without_data_the_page_shows_the_ways_to_bring_it(shop, read):
    text = read(f"/w/{shop.workspace.slug}/sources/")
    for expected in (
        "No data yet",
        "Install the tracker",
        "http://testserver/matomo.php",
        f"--workspace {shop.workspace.slug}",
        "Settings, API keys",
    ):
        assert expected in text


def test_a_source_tells_its_last_event_its_day_and_its_drops_in_words(shop, read):
    shop.receive(events=4, hours=5)
    shop.receive(events=2, minutes=3, drops=[("bot", 12_345), ("own_traffic", 2)], bad=[("not_json", "x")])
    text = read(f"/w/{shop.workspace.slug}/sources/")
    for expected in (
        "Verkkokauppa",
        "3 min ago",
        "6 in 24 h",
        "left out bots 12,345 own traffic 2 12,347",
        "to be mended 1",
    ):
        assert expected in text


def test_the_page_speaks_finnish(shop, read):
    shop.receive(minutes=3)
    text = read(f"/w/{shop.workspace.slug}/sources/", language="fi")
    assert "Tietolähteet" in text
    assert "3 min sitten" in text
    assert "vastaanotettu" in text


def test_the_list_alone_is_sent_when_the_page_asks_again(shop, owner_client):
    shop.receive(minutes=3)
    answer = owner_client.get(f"/w/{shop.workspace.slug}/sources/", headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div id="sources"')


def test_two_sources_of_one_key_are_told_apart(shop, read):
    shop.receive(minutes=3)
    shop.receive(minutes=3, origin=f"tracker/{shop.key.pk}")
    text = read(f"/w/{shop.workspace.slug}/sources/")
    assert "Verkkokauppa SDK (Segment, RudderStack)" in text
    assert "Verkkokauppa Web tracker" in text


def test_silence_is_told_on_every_page_with_a_link_and_first_on_the_list(shop, read, owner_client):
    shop.receive(minutes=1, origin="import/events")
    shop.receive(hours=26, minutes=10)
    anywhere = f"/w/{shop.workspace.slug}/segments/"
    assert "Verkkokauppa: no events for 26 hours." in read(anywhere)
    assert "Verkkokauppa: ei tapahtumia 26 tuntiin." in read(anywhere, language="fi")
    assert f'href="{shop.path}"' in owner_client.get(anywhere).content.decode()
    listed = read(f"/w/{shop.workspace.slug}/sources/")
    assert listed.index("silent for 26 h") < listed.index("Events from files")
    assert "The alarm of this source is at 24 h of silence." in read(shop.path)
    shop.receive(minutes=2)
    assert "no events for" not in read(anywhere)


def test_a_notice_is_in_the_readers_language_whoever_read_it_before(shop, read):
    shop.receive(hours=30, origin=f"tracker/{shop.key.pk}")
    anywhere = f"/w/{shop.workspace.slug}/segments/"
    assert "Web tracker · Verkkokauppa: no events for 30 hours." in read(anywhere)
    assert "Verkkoseuranta · Verkkokauppa: ei tapahtumia 30 tuntiin." in read(anywhere, language="fi")


def test_several_silent_sources_are_one_notice(shop, read):
    shop.receive(hours=30)
    shop.receive(hours=90, origin=f"tracker/{shop.key.pk}")
    text = read(f"/w/{shop.workspace.slug}/segments/")
    assert "2 sources are silent:" in text
    assert "Web tracker · Verkkokauppa" in text


def test_imports_and_sources_of_revoked_keys_are_never_silent(shop, read):
    shop.receive(days=40, origin="import/orders")
    shop.receive(days=40, origin="simulation")
    shop.receive(days=40)
    assert "no events for" in read(f"/w/{shop.workspace.slug}/segments/")
    accounts.revoke_api_key(key=shop.key, actor=None)
    alarms.forget(shop.workspace)
    assert "no events for" not in read(f"/w/{shop.workspace.slug}/segments/")
    assert "key revoked" in read(f"/w/{shop.workspace.slug}/sources/")


def test_a_source_that_sends_only_bots_is_silent(shop, read):
    shop.receive(days=2)
    shop.receive(events=0, minutes=1, drops=[("bot", 5)])
    assert "no events for" in read(f"/w/{shop.workspace.slug}/segments/")


def test_name_and_alarm_are_changed_at_once_and_audited(shop, read, owner_client):
    shop.receive(hours=30)
    anywhere = f"/w/{shop.workspace.slug}/segments/"
    assert "no events for 30 hours" in read(anywhere)
    form = {"name": "  Kassa ", "alarm": "hours", "silent_hours": "48"}
    assert owner_client.post(shop.path + "edit/", form).status_code == 302
    assert "no events for" not in read(anywhere)
    assert "Kassa" in read(shop.path)
    form = {"name": "Kassa", "alarm": "hours", "silent_hours": "12"}
    owner_client.post(shop.path + "edit/", form)
    assert "Kassa: no events for 30 hours." in read(anywhere)
    owner_client.post(shop.path + "edit/", {"name": "Kassa", "alarm": "never", "silent_hours": "12"})
    assert "no events for" not in read(anywhere)
    owner_client.post(shop.path + "edit/", {"name": "", "alarm": "rhythm"})
    assert "Verkkokauppa: no events for 30 hours." in read(anywhere)
    assert [details["changed"] for _action, details in shop.audit()] == [
        ["alarm", "name", "silent_hours"],
        ["silent_hours"],
        ["alarm", "silent_hours"],
        ["alarm", "name"],
    ]


@pytest.mark.parametrize(
    "form",
    [
        {"alarm": "hours"},
        {"alarm": "hours", "silent_hours": "0"},
        {"alarm": "hours", "silent_hours": "99999999999"},
        {"alarm": "sometimes"},
        {"alarm": "never", "name": "x" * 81},
        {},
    ],
)
def test_wrong_names_and_alarms_change_nothing(shop, owner_client, form):
    shop.receive(hours=30)
    assert owner_client.post(shop.path + "edit/", form).status_code == 422
    with scope(workspace=shop.workspace):
        assert list(SourceSettings.objects.all()) == []


@pytest.mark.parametrize("name", ["segment-999999", "nonsense", "import-events", "segment-x-y"])
def test_a_source_of_which_nothing_came_is_not_found(shop, read, name):
    read(f"/w/{shop.workspace.slug}/sources/{name}/", status=404)


def test_one_source_explains_what_was_left_out_and_what_waits(shop, read):
    shop.receive(events=3, hours=1, drops=[("bot", 5), ("no_identifier", 8)], bad=[("bad_field", "a")])
    shop.receive(events=0, hours=1, bad=[("bad_field", "b")])
    text = read(shop.path)
    for expected in (
        "Bots as it should be A known crawler or bot sent it.",
        "No identifier It named neither",
        "Wrong kind of value One of its fields",
        "Look at them",
        f"{shop.key.prefix}…",
    ):
        assert expected in text
    for by in ("hour", "day", "nonsense"):
        assert "taken in" in read(f"{shop.path}?by={by}")


def test_every_reason_has_words_of_its_own():
    with translation.override("fi"):
        for reason in (*DROPS, *REJECTIONS):
            words = describe(reason)
            assert str(words.label) != reason
            assert str(words.meaning)
            assert str(words.advice)
    assert describe("of_a_newer_program").label == "of_a_newer_program"
