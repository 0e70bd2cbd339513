"""Real logs through the commands, and the stories planted in one of them found by asking.

What was planted, and when, stands in planted_stories/ecom_stories.txt. The log is of 600 people with some 20 visits a
day, and within a visit the clock was drawn at random, so that steps often stand in another order than they were made;
what is found is found in spite of that.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests.contract.conftest import Command

pytestmark = pytest.mark.contract

BROWSING = {"event": ["home", "catalog", "product_view", "search", "promo_page", "filter_results"]}


@pytest.fixture(scope="module")
def command(real_data, tmp_path_factory, new_home) -> Iterator[Command]:
    """A home with the three logs, its server running."""
    made = Command(new_home(tmp_path_factory.mktemp("stories") / "home"))
    made.start()
    logs = {
        "stories": (
            "planted_stories/ecom", "--person", "user_id", "--session", "session_id", "--event", "event",
            "--time", "timestamp", "--property", "platform", "--property", "acquisition_channel",
            "--property", "user_cohort", "--property", "user_lifecycle",
        ),
        "helpdesk": (
            "eventlogs/helpdesk", "--person", "CaseID", "--event", "ActivityID", "--time", "CompleteTimestamp",
        ),
        "olist": (
            "olist/orders", "--person", "customer_id", "--order", "order_id",
            "--wide", "order_purchase_timestamp=purchase", "--wide", "order_approved_at=approved",
            "--wide", "order_delivered_carrier_date=carrier",
            "--wide", "order_delivered_customer_date=delivered",
        ),
    }  # fmt: skip

    def bring(workspace: str) -> tuple[str, str]:
        file, *columns = logs[workspace]
        keys = made.json("workspace", "create", workspace, "--timezone", "UTC")
        path = str(real_data / f"{file}.csv.gz")
        assert made.json("import", "events", path, "--workspace", workspace, *columns)["rejected"] == 0
        return f"KEY_{workspace}", keys["api_key"]

    with ThreadPoolExecutor() as together:
        made.environment |= dict(together.map(bring, logs))
    yield made
    made.stop()


@pytest.fixture
def ask(command):
    """Asks the stories through the API; visits are what is counted."""

    def answer(kind: str, **question) -> dict:
        request = urllib.request.Request(
            f"{command.address}/api/v1/query",
            json.dumps({"kind": kind, "unit": "session", **question}).encode(),
            {
                "Authorization": f"Bearer {command.environment['KEY_stories']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            got = json.load(response)
        # Few enough people drop out of some steps for what they share to be left untold.
        assert got["warnings"] == [] or kind == "people"
        return got

    return answer


def only(name: str, *values: str) -> dict:
    return {"property": name, "op": "in", "value": list(values)}


def counts(funnel: dict) -> list[int]:
    return [step["count"] for step in funnel["steps"]]


def transitions(answer: dict) -> dict[tuple[str, str], int]:
    return {(row["from"], row["to"]): row["count"] for row in answer["transitions"]}


def share_of_browsing(answer: dict) -> float:
    """Of all steps, those from one page of browsing to another."""
    between = sum(
        number
        for (start, end), number in transitions(answer).items()
        if start in BROWSING["event"] and end in BROWSING["event"]
    )
    return between / answer["total"]


# ---- the stories, by their numbers in the file -------------------------------------------------------------


def test_1_the_viral_article_brings_people_who_look_around_and_rarely_buy(ask):
    """Of newcomers and returning visitors, for nobody is loyal before April. The file tells of a spike of organic
    traffic, but holds none: 19 organic visits in those four days and 17 in the four before."""
    article, later = {"from": "2024-02-29", "to": "2024-03-04"}, {"from": "2024-03-04"}
    people = [only("user_lifecycle", "new", "returning")]
    basket = ask(
        "funnel",
        steps=[{"event": "product_view"}, {"event": "add_to_cart"}],
        where=people, range=article, compare=later,
    )  # fmt: skip
    assert (counts(basket), counts(basket["compared"])) == ([40, 6], [1915, 584])
    (change,) = basket["compared"]["changes"]
    assert change["clear"]
    assert change["difference"] == 6 / 40 - 584 / 1915
    during, after = (ask("paths", where=people, range=range, top=500) for range in (article, later))
    assert (during["total"] / during["units"], after["total"] / after["units"]) == (404 / 48, 18383 / 2424)
    organic = {"where": [only("acquisition_channel", "organic")]}
    days = ask(
        "trend",
        unit=None,
        select=organic,
        measure="sessions",
        range={"from": "2024-02-25", "to": "2024-03-04"},
    )
    assert [point["value"] for point in days["points"]] == [5, 4, 4, 4, 7, 5, 3, 4]


def test_2_the_checkout_bug_holds_back_mobiles_at_the_shipping_page(ask):
    bug, later = {"from": "2024-04-09", "to": "2024-05-10"}, {"from": "2024-05-10"}
    steps = [{"event": "shipping_details"}, {"event": "payment_details"}]
    mobile, desktop = (
        ask("funnel", steps=steps, where=[only("platform", platform)], range=bug, compare=later)
        for platform in ("mobile", "desktop")
    )
    assert (counts(mobile), counts(mobile["compared"])) == ([60, 16], [149, 77])
    assert (counts(desktop), counts(desktop["compared"])) == ([118, 63], [208, 121])
    assert [funnel["compared"]["changes"][0]["clear"] for funnel in (mobile, desktop)] == [True, False]

    who = ask("people", funnel={"steps": steps}, step=2, outcome="dropped", range=bug, limit=0)
    assert who["total"] == 122
    assert [(row["property"], row["value"]) for row in who["shared"] if row["clear"]] == [
        ("platform", "mobile")
    ]
    assert {row["event"]: row["count"] for row in who["next"]}["add_to_cart"] == 17

    marked = ask(
        "funnel", steps=[steps[0], {"event": "checkout_bug"}], breakdown={"property": "platform"}, range=bug
    )
    assert {part["key"]: counts(part) for part in marked["breakdown"]} == {
        "desktop": [118, 0], "mobile": [60, 22], "tablet": [31, 0],
    }  # fmt: skip
    streams = ask(
        "paths", range=bug, where=[only("platform", "mobile")], depth=1, top=500, **{"from": steps[0]}
    )
    onwards = {flow["to"]: flow["count"] for flow in streams["flows"] if flow["level"] == 0}
    assert (onwards["add_to_cart"], onwards["cart"], streams["units"]) == (10, 10, 60)
    assert "payment_details" not in onwards  # among the rest: three of sixty went on as they should
    assert next(loop["count"] for loop in streams["loops"] if loop["name"] == "shipping_details") == 16


def test_3_the_payment_gateway_fails_and_people_ask_for_help(ask):
    incident, before = {"from": "2024-05-19", "to": "2024-06-08"}, {"from": "2024-04-29", "to": "2024-05-19"}
    steps = [{"event": "payment_details"}, {"event": "purchase"}]
    paying = ask("funnel", steps=steps, range=incident, compare=before)
    assert (counts(paying), counts(paying["compared"])) == ([130, 28], [105, 49])
    assert paying["compared"]["changes"][0]["clear"]
    dropped, earlier = (
        {
            row["event"]: row["count"]
            for row in ask(
                "people", funnel={"steps": steps}, step=2, outcome="dropped", range=range, limit=0
            )["next"]
        }
        for range in (incident, before)
    )
    assert (dropped["payment_error"], dropped["support_chat"]) == (10, 7)
    assert (earlier.get("payment_error"), earlier["support_chat"]) == (None, 2)
    errors, chats = (
        {
            date.fromisoformat(point["start"]): point["value"]
            for point in ask("trend", unit=None, select={"event": event}, interval="week")["points"]
        }
        for event in ("payment_error", "support_chat")
    )
    assert list(errors.values()) == [4, 47, 42, 26]  # from the week of 13 May on, and never before or after
    assert sorted(chats, key=lambda week: -chats[week])[:3] == [
        date(2024, 5, 20), date(2024, 5, 27), date(2024, 6, 3),
    ]  # fmt: skip


def test_4_new_people_browse_more_and_buy_less_than_loyal_ones(ask):
    bought = ask("funnel", steps=[BROWSING, {"event": "purchase"}], breakdown={"property": "user_lifecycle"})
    parts = {part["key"]: part["steps"][1] for part in bought["breakdown"]}
    assert {key: step["count"] for key, step in parts.items()} == {"new": 81, "returning": 241, "loyal": 124}
    assert parts["new"]["ci"][1] < parts["loyal"]["ci"][0]
    new, loyal = (ask("paths", where=[only("user_lifecycle", stage)], top=500) for stage in ("new", "loyal"))
    assert (round(share_of_browsing(new), 3), round(share_of_browsing(loyal), 3)) == (0.694, 0.536)


def test_5_the_cohort_of_january_goes_straight_where_that_of_april_still_looks_around(ask):
    spring = {"from": "2024-04-01"}
    january, april = (
        ask("paths", range=spring, where=[only("user_cohort", cohort)], top=500)
        for cohort in ("2024-01", "2024-04")
    )
    assert (round(share_of_browsing(january), 3), round(share_of_browsing(april), 3)) == (0.562, 0.655)
    january, april = (
        ask("paths", range=spring, where=[only("user_cohort", cohort)], to={"event": "purchase"}, top=500)
        for cohort in ("2024-01", "2024-04")
    )
    assert (january["units"], april["units"]) == (83, 78)
    assert (round(january["total"] / 83, 2), round(april["total"] / 78, 2)) == (
        7.55,
        8.78,
    )  # steps to a purchase
    bought = ask(
        "funnel",
        steps=[{"event": "product_view"}, {"event": "purchase"}],
        breakdown={"property": "user_cohort"}, range=spring,
    )  # fmt: skip
    parts = {part["key"]: part["steps"][1] for part in bought["breakdown"]}
    assert parts["2024-04"]["ci"][1] < parts["2024-01"]["from_previous"]


# ---- logs whose numbers are known, by the command ----------------------------------------------------------


def test_the_tickets_of_a_help_desk(command):
    got = command.query("helpdesk", {"kind": "variants", "top": 1})
    assert (got["distinct"], got["units"]) == (154, 3804)
    assert (got["variants"][0]["path"], got["variants"][0]["count"]) == (["1", "8", "6"], 2173)
    assert round(got["median_seconds"] / 86_400, 4) == 3.9278


def test_the_deliveries_of_a_web_shop(command):
    steps = [{"event": name} for name in ("purchase", "approved", "carrier", "delivered")]
    got = command.query("olist", {"kind": "funnel", "unit": "order", "steps": steps})
    assert counts(got) == [8135, 7989, 6276, 5099]
