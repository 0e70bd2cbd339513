"""The pages about sources: what they tell, what may be changed, and who may see the rows kept raw."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import AuditEntry
from polku.capture.models import CaptureSettings, SourceSettings
from polku.capture.reason_words import describe
from polku.capture.reasons import DROPS, REJECTIONS
from polku.capture.sources import alarms
from polku.eventstore.streams import InboxPlace
from tests.eventstore.streaming import digest, stream_batch

BROKEN = '{"type":"track","event":"Tilaus <b>","userId":"asiakas-7","anonymousId":"laite-1"'
CONTEXT = json.dumps({"protocol": "segment", "received": 1_760_000_000_000_000, "own": {}})


def utc(**back) -> datetime:
    return (datetime.now(UTC) - timedelta(**back)).replace(tzinfo=None)


class Shop:
    """A workspace with a write key and what came by it."""

    def __init__(self, workspace, store) -> None:
        self.workspace, self.store = workspace, store
        self.key, _text = accounts.create_api_key(
            workspace=workspace, kind="write", name="Verkkokauppa", actor=None
        )
        self.origin = f"segment/{self.key.pk}"
        self.path = f"/w/{workspace.slug}/sources/segment-{self.key.pk}/"
        self._row = 0

    def receive(self, *, origin="", events=1, drops=(), bad=(), detail="", **back) -> None:
        """So many events, drops of (reason, count) and rows of (reason, raw) with this detail, received so long ago."""
        self._row += 1
        at, origin = utc(**back), origin or self.origin
        batch = stream_batch(
            [
                {"id": f"{self._row}-{number}", "user": "asiakas-1", "origin": origin, "time": at}
                for number in range(events)
            ],
            counts=[
                {
                    "hour": at.replace(minute=0, second=0, microsecond=0),
                    "origin": origin,
                    "reason": r,
                    "count": n,
                }
                for r, n in drops
            ],
            rejected=[
                {
                    "id": digest(raw),
                    "received": at + timedelta(microseconds=number),
                    "origin": origin,
                    "reason": reason,
                    "detail": detail or f"detail of {reason}",
                    "raw": raw,
                    "context": CONTEXT,
                }
                for number, (reason, raw) in enumerate(bad)
            ],
            received=at,
            place=InboxPlace(1, self._row),
        )
        self.store.load_stream(self.workspace.key.hex, batch, rules=[])
        alarms.forget(self.workspace)

    def audit(self) -> list[tuple[str, dict]]:
        with scope(workspace=self.workspace):
            found = AuditEntry.objects.exclude(action="api_key.created").order_by("pk")
            return [(entry.action, entry.details) for entry in found]

    def waiting(self) -> list[str]:
        return [row.raw for row in self.store.rejected(self.workspace.key.hex, origin=self.origin)]


@pytest.fixture
def owner_client(owner_client):
    owner_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return owner_client


@pytest.fixture
def shop(workspace, store):
    return Shop(workspace, store)


@pytest.fixture
def read(owner_client):
    """The text of a page as a reader sees it, in English."""

    def text_of(path: str, client=owner_client, language: str = "en", status: int = 200) -> str:
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, path
        html = re.sub(r"(?s)<svg.*?</svg>", "", answer.content.decode())
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")

    return text_of


@pytest.fixture
def analyst_client(client, workspace):
    from django.test import Client

    user = accounts.create_user(email="analyytikko@example.com")
    accounts.set_member(workspace=workspace, user=user, role="analyst", actor=None)
    made = Client()
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


@pytest.fixture
def viewer_client(teammate):
    from django.test import Client

    made = Client()
    made.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


# ---- the list -----------------------------------------------------------------------------------------------


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


# ---- alarms -------------------------------------------------------------------------------------------------


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


# ---- one source ---------------------------------------------------------------------------------------------


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


# ---- rows kept raw ------------------------------------------------------------------------------------------


def test_rows_are_shown_as_they_came_and_never_as_markup(shop, owner_client, read):
    shop.receive(bad=[("not_json", BROKEN), ("bad_field", "<script>alert(1)</script>")])
    html = owner_client.get(shop.path + "rows/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Tilaus &lt;b&gt;" in html
    text = read(shop.path + "rows/?reason=bad_field")
    assert "detail of bad_field" in text
    assert "detail of not_json" not in text
    assert "All 2" in text


def test_what_is_wrong_is_told_in_the_readers_language_and_a_parser_is_quoted(shop, owner_client, read):
    shop.receive(bad=[("not_json", BROKEN)], detail="It is not valid JSON. (Input data was <b>truncated</b>)")
    html = owner_client.get(shop.path + "rows/", headers={"Accept-Language": "fi"}).content.decode()
    quote = '<span lang="en">(Input data was &lt;b&gt;truncated&lt;/b&gt;)</span>'
    assert f"<p>Se ei ole kelvollista JSONia. {quote}</p>" in html
    assert "It is not valid JSON. (Input data was" in read(shop.path + "rows/")
    (row,) = owner_client.get(
        shop.path + "rows/download/", headers={"Accept-Language": "fi"}
    ).content.splitlines()
    assert json.loads(row)["detail"] == "It is not valid JSON. (Input data was <b>truncated</b>)"


def test_a_sentence_of_another_version_is_shown_in_english(shop, owner_client):
    shop.receive(bad=[("not_json", BROKEN)])
    html = owner_client.get(shop.path + "rows/", headers={"Accept-Language": "fi"}).content.decode()
    assert '<p><span lang="en">detail of not_json</span></p>' in html


def test_rows_come_page_by_page(shop, read):
    shop.receive(events=0, bad=[("not_json", f"row number {number:02}.") for number in range(45)])
    first, third = read(shop.path + "rows/"), read(shop.path + "rows/?page=3")
    assert "row number 44." in first
    assert "row number 24." not in first
    assert "row number 04." in third
    assert "row number 04." in read(shop.path + "rows/?page=99")
    for strange in ("0", "-1", "x", "9" * 30):
        assert "row number 44." in read(f"{shop.path}rows/?page={strange}")


def test_an_analyst_reads_rows_and_changes_nothing_a_viewer_reads_none(
    shop, read, analyst_client, viewer_client
):
    shop.receive(bad=[("not_json", BROKEN)])
    html = analyst_client.get(shop.path + "rows/").content.decode()
    assert "Tilaus &lt;b&gt;" in html
    assert "<textarea" not in html
    assert analyst_client.get(shop.path + "rows/download/").status_code == 200
    for address in ("rows/mend/", "rows/replay/", "rows/delete/"):
        assert analyst_client.post(shop.path + address).status_code == 403
    for address in ("rows/", "rows/download/"):
        assert viewer_client.get(shop.path + address).status_code == 403
    seen = read(shop.path, client=viewer_client)
    assert "Not valid JSON" in seen
    assert "Tilaus" not in seen
    assert "Look at them" not in seen
    assert shop.waiting() == [BROKEN]


def test_a_mended_row_becomes_an_event_and_the_audit_log_holds_no_content(shop, owner_client):
    shop.receive(events=0, bad=[("not_json", BROKEN)])
    answer = owner_client.post(
        shop.path + "rows/mend/", {"row": digest(BROKEN), "raw": BROKEN + "}"}, follow=True
    )
    assert "Mended and taken in." in answer.content.decode()
    assert shop.waiting() == []
    (newest,) = shop.store.recent(shop.workspace.key.hex, limit=1).to_pylist()
    assert (newest["name"], newest["origin"]) == ("Tilaus <b>", shop.origin)
    assert shop.audit() == [
        ("rejected_rows.updated", {"reason": "", "count": 1}),
        ("rejected_rows.replayed", {"reason": "", "count": 1}),
    ]


def test_a_mended_row_that_is_left_out_on_purpose_is_said_to_be(shop, owner_client):
    shop.receive(events=0, bad=[("not_json", BROKEN)])
    nobody = {"type": "track", "event": "Tilaus", "context": {"library": {"name": "polku.js"}}}
    raw = json.dumps(nobody)
    answer = owner_client.post(shop.path + "rows/mend/", {"row": digest(BROKEN), "raw": raw}, follow=True)
    assert "Mended, but left out on purpose" in answer.content.decode()
    assert shop.waiting() == []


def test_a_row_that_is_still_wrong_waits_with_its_new_text_and_todays_reason(shop, owner_client):
    shop.receive(events=0, bad=[("not_json", BROKEN)])
    raw = '{"type":"track","userId":"asiakas-7"}'
    answer = owner_client.post(
        shop.path + "rows/mend/", {"row": digest(BROKEN), "raw": raw, "reason": "not_json"}
    )
    assert answer["Location"] == f"{shop.path}rows/#row-{digest(BROKEN)}"
    html = owner_client.get(shop.path + "rows/", headers={"Accept-Language": "fi"}).content.decode()
    assert "it still cannot be taken in: The field “event” is missing." in html
    assert "<p>Kenttä ”event” puuttuu.</p>" in html
    (row,) = shop.store.rejected(shop.workspace.key.hex)
    assert (row.raw, row.reason) == (raw, "missing_event")


@pytest.mark.parametrize(
    ("row", "raw"),
    [
        (digest(BROKEN), ""),
        (digest(BROKEN), "x" * 65_537),
        ("nonsense", "{}"),
        ("", "{}"),
        (digest("none"), "{}"),
    ],
)
def test_what_cannot_be_a_mended_row_changes_nothing(shop, owner_client, row, raw):
    shop.receive(events=0, bad=[("not_json", BROKEN)])
    answer = owner_client.post(shop.path + "rows/mend/", {"row": row, "raw": raw}, follow=True)
    assert answer.status_code == 200
    assert 'class="message error"' in answer.content.decode()
    assert shop.waiting() == [BROKEN]
    assert shop.audit() == []


def test_a_row_is_changed_only_through_its_own_source(shop, owner_client):
    other = f"tracker/{shop.key.pk}"
    shop.receive(events=0, bad=[("not_json", BROKEN)], origin=other)
    shop.receive()
    owner_client.post(shop.path + "rows/mend/", {"row": digest(BROKEN), "raw": BROKEN + "}"})
    owner_client.post(shop.path + "rows/delete/", {"row": digest(BROKEN)})
    owner_client.post(shop.path + "rows/delete/")
    assert [row.raw for row in shop.store.rejected(shop.workspace.key.hex, origin=other)] == [BROKEN]


def test_rows_of_one_reason_are_processed_again(shop, owner_client):
    good = '{"type":"track","event":"Ostos","userId":"asiakas-%d"}'
    # They were refused by an older program; today they can be read.
    shop.receive(events=0, bad=[("bad_field", good % 1), ("bad_field", good % 2), ("not_json", good % 3)])
    answer = owner_client.post(shop.path + "rows/replay/", {"reason": "bad_field"}, follow=True)
    text = answer.content.decode()
    assert "2 rows were processed again. 2 events were new." in text
    assert shop.waiting() == [good % 3]
    owner_client.post(shop.path + "rows/replay/")
    assert shop.waiting() == []
    assert shop.audit() == [
        ("rejected_rows.replayed", {"reason": "bad_field", "count": 2}),
        ("rejected_rows.replayed", {"reason": "", "count": 1}),
    ]


def test_deleting_asks_with_the_count_and_takes_only_what_was_asked(shop, owner_client, read):
    shop.receive(events=0, bad=[("bad_field", "a"), ("bad_field", "b"), ("not_json", "c")])
    assert "Delete 2 rows?" in read(shop.path + "rows/delete/?reason=bad_field")
    assert "Delete 1 row?" in read(shop.path + f"rows/delete/?row={digest('c')}")
    assert "Delete 3 rows?" in read(shop.path + "rows/delete/")
    assert len(shop.waiting()) == 3
    owner_client.post(shop.path + "rows/delete/", {"row": digest("a")})
    assert shop.waiting() == ["c", "b"]
    owner_client.post(shop.path + "rows/delete/", {"reason": "bad_field"})
    assert shop.waiting() == ["c"]
    owner_client.post(shop.path + "rows/delete/", {"reason": "nonsense", "row": "nonsense"})
    assert shop.waiting() == ["c"]
    assert [action for action, _details in shop.audit()] == ["rejected_rows.deleted"] * 2


def test_rows_are_downloaded_as_polku_replay_takes_them(shop, owner_client):
    shop.receive(events=0, bad=[("bad_field", 'ä\n"b"'), ("not_json", BROKEN)])
    answer = owner_client.get(shop.path + "rows/download/")
    assert answer["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "no-store"
    rows = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert [(row["id"], row["raw"]) for row in rows] == [
        (digest(BROKEN), BROKEN),
        (digest('ä\n"b"'), 'ä\n"b"'),
    ]
    assert set(rows[0]) == {"id", "received", "source", "reason", "detail", "raw"}
    one = owner_client.get(shop.path + "rows/download/?reason=bad_field").content.decode()
    assert len(one.splitlines()) == 1


def test_a_download_that_is_not_whole_says_so(shop, owner_client, read):
    shop.receive(events=0, bad=[("bad_field", f"{number:03}" + "x" * 65_000) for number in range(320)])
    answer = owner_client.get(shop.path + "rows/download/")
    assert f'filename="segment-{shop.key.pk}-rows-newest-20-MB.ndjson"' in answer["Content-Disposition"]
    assert 20_000_000 - 66_000 < len(answer.content) <= 20_000_000
    raws = [json.loads(line)["raw"][:3] for line in answer.content.splitlines()]
    assert raws == [f"{319 - number:03}" for number in range(len(raws))]
    told = "A download ends at 20 MB; the command polku replay --list --json gives all rows."
    assert told in read(shop.path + "rows/")
    assert told not in read(shop.path + "rows/?reason=not_json")


def test_few_rows_are_downloaded_whole_and_need_no_note(shop, owner_client, read):
    shop.receive(events=0, bad=[("bad_field", str(number)) for number in range(50)])
    assert (
        f'filename="segment-{shop.key.pk}-bad_field.ndjson"'
        in owner_client.get(shop.path + "rows/download/?reason=bad_field")["Content-Disposition"]
    )
    assert "A download ends" not in read(shop.path + "rows/")


# ---- data collection ----------------------------------------------------------------------------------------


def collection(workspace) -> CaptureSettings:
    with scope(workspace=workspace):
        return CaptureSettings.objects.get()


def test_own_traffic_and_cookieless_counting_are_kept_and_audited_without_addresses(shop, owner_client, read):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    form = {"own_addresses": "192.0.2.7/24\n 2001:db8::1 \n192.0.2.0/24", "is_cookieless": "on"}
    assert owner_client.post(address, form).status_code == 302
    kept = collection(shop.workspace)
    assert (kept.own_addresses, kept.is_cookieless) == (["192.0.2.0/24", "2001:db8::1"], True)
    text = read(address)
    assert "192.0.2.0/24" in text
    assert "This concerns visitors’ browsers, not what your own servers send." in text
    assert owner_client.post(address, form).status_code == 302
    ((action, details),) = shop.audit()
    assert action == "capture_settings.updated"
    assert details == {
        "changed": ["is_cookieless", "own_addresses"],
        "is_cookieless": True,
        "own_addresses": 2,
    }


def test_my_own_address_is_added_by_a_button(shop, owner_client, read):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    assert "Add my current address 127.0.0.1" in read(address)
    owner_client.post(address, {"own_addresses": "192.0.2.7", "add_address": "1"})
    assert collection(shop.workspace).own_addresses == ["192.0.2.7", "127.0.0.1"]
    assert "Your current address 127.0.0.1 is on the list." in read(address)


@pytest.mark.parametrize("wrong", ["example.com", "192.0.2.300", "0.0.0.0/0", "::/0", "1" * 30_000])
def test_what_is_no_address_is_refused_in_words(shop, owner_client, wrong):
    answer = owner_client.post(f"/w/{shop.workspace.slug}/settings/collection/", {"own_addresses": wrong})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    with scope(workspace=shop.workspace):
        assert list(CaptureSettings.objects.all()) == []


def test_the_tab_of_data_collection_stands_among_the_settings(shop, owner_client):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    assert f'href="{address}"' in owner_client.get(f"/w/{shop.workspace.slug}/settings/").content.decode()
    html = owner_client.get(address).content.decode()
    # The tab is the page's own, and no entry of the main navigation is.
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', html) == [address]
