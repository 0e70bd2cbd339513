"""Rows kept raw: who may read them, mending, processing again, deleting and downloading."""

from __future__ import annotations

import json

import pytest

from tests.capture.sources.shop import BROKEN
from tests.eventstore.streaming import digest


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
