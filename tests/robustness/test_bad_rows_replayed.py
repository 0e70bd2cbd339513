"""Seven wrong events among a hundred are kept as they came, mended, and taken in; doing it again changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.sending import credentials, track
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness


def _without(event: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != field}


def _wrong() -> dict[int, tuple[str, bytes]]:
    """Place among the hundred → the reason for which it cannot be taken, and what is sent there."""
    many = {f"p{each}": each for each in range(256)}
    return {
        3: ("missing_type", json.dumps(_without(track("3"), "type")).encode()),
        17: ("missing_event", json.dumps(_without(track("17"), "event")).encode()),
        40: ("missing_id", json.dumps(_without(track("40"), "userId")).encode()),
        41: ("bad_field", json.dumps(track("41") | {"userId": "x" * 256}).encode()),
        66: ("too_many_properties", json.dumps(track("66") | {"properties": many}).encode()),
        98: ("not_an_object", b'"98"'),
        99: ("not_json", json.dumps(track("99")).replace('"99"', "NaN").encode()),
    }


def test_mended_and_replayed_twice(shop: Shop, tmp_path: Path):
    shop.start()
    wrong = _wrong()
    events = [
        wrong[each][1] if each in wrong else json.dumps(track(str(each))).encode() for each in range(100)
    ]
    body = b'{"batch":[' + b",".join(events) + b"]}"
    with shop.connect() as connection:
        assert connection.ask("POST", "/v1/batch", body, credentials(shop.write_key)).status == 200
    shop.wait_for(93)
    kept = shop.json("replay", "--workspace", shop.slug, "--list")["rows"]
    expected = sorted((reason, raw.decode()) for reason, raw in wrong.values())
    assert sorted((row["reason"], row["raw"]) for row in kept) == expected
    assert all(row["detail"] for row in kept)

    unmended = shop.json("replay", "--workspace", shop.slug)
    assert (unmended["replayed"], unmended["accepted"], unmended["still_rejected"]) == (7, 0, 7)

    place_of = {raw.decode(): place for place, (_reason, raw) in wrong.items()}
    mended = tmp_path / "mended.ndjson"
    mended.write_text(
        "".join(
            json.dumps({"id": row["id"], "raw": json.dumps(track(str(place_of[row["raw"]])))}) + "\n"
            for row in kept
        )
    )
    done = shop.json("replay", "--workspace", shop.slug, "--mend", str(mended))
    assert (done["accepted"], done["still_rejected"], done["waiting"]) == (7, 0, 0)
    for again in (["--mend", str(mended)], []):
        shop.run("replay", "--workspace", shop.slug, *again)
    assert shop.count() == 100
    # Even a client that sends the mended hundred once more adds nothing.
    with shop.connect() as connection:
        everything = [track(str(each)) for each in range(100)]
        assert connection.send(shop.write_key, everything).status == 200
        assert connection.send(shop.write_key, [track("last", event="Last")]).status == 200
    shop.wait_for(1, event="Last")
    assert shop.stop() == 0
    assert shop.stored() == dict.fromkeys([*map(str, range(100)), "last"], 1)
    assert shop.rows("id", "rejected") == []
