"""Before consent nothing is stored and nobody is named; consent and its end act at once; the browser's own no wins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from polku.capture.install.snippets import Choices, snippet
from tests.e2e.tracker.conftest import NOTHING, Polku, Site, Visitor

pytestmark = pytest.mark.e2e

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
DNT = "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })"
ORDER = {"order_id": "10245", "total": 89.9, "email": "maija@example.fi"}


@pytest.fixture
def site_with_form(site: Site) -> Site:
    site.pages["/tili"] = (
        "<form id=tilaus action='/kiitos?salaisuus=1'><input name=email value='maija@example.fi'>"
        "<input name=action value='x'><button>Tilaa</button></form>"
        "<a id=ulos href='https://posti.example/seuranta?koodi=JJFI123#x'>Seuraa <b>pakettia</b></a>"
    )
    site.pages["/kiitos"] = "<h1>Kiitos</h1>"
    return site


def test_before_consent_nothing_is_stored_and_nothing_is_sent(
    site_with_form: Site, visit: Callable[..., Visitor]
):
    visitor = visit()
    visitor.open("/tili?utm_source=uutiskirje")
    visitor.call("polku.identify('7431', {email: 'maija@example.fi'})")
    visitor.call(f"polku.track('Order Completed', {json.dumps(ORDER)})")
    visitor.page.click("button")
    visitor.page.wait_for_url("**/kiitos**")
    visitor.stays()
    assert visitor.stored() == NOTHING


def test_consent_sends_what_the_page_remembers_and_is_remembered(site: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open("/?utm_source=uutiskirje&utm_campaign=kevat")
    visitor.call("polku.track('Product Viewed', {product_id: 'teltta-2'})")
    visitor.stays()
    visitor.call("polku.consent(true)")
    visitor.wait_for("page", "Product Viewed")
    page, product = visitor.events
    assert page["context"]["campaign"] == {"source": "uutiskirje", "name": "kevat"}
    assert page["anonymousId"] == product["anonymousId"]
    assert re.fullmatch(r"\d+-\d+-\d+-\d+", page["anonymousId"])
    stored = visitor.stored()
    assert {name: value for name, value in stored.items() if value != NOTHING[name]}.keys() == {"local"}
    assert json.loads(stored["local"]["polku"])["id"] == page["anonymousId"]
    visitor.open("/?sivu=2")
    visitor.wait_for("page", "Product Viewed", "page")
    assert visitor.events[2]["anonymousId"] == page["anonymousId"]


def test_consent_taken_back_cleans_at_once_and_counts_no_more(site: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open()
    visitor.call("polku.consent(true)")
    visitor.wait_for("page")
    left = visitor.call("(polku.identify('7431'), polku.consent(false), Object.keys(localStorage))")
    assert left == []
    assert visitor.stored() == NOTHING
    visitor.call("polku.track('Product Viewed')")
    visitor.stays("page")
    visitor.call("polku.consent(true)")
    visitor.call("polku.track('Cart Viewed')")
    visitor.wait_for("page", "Cart Viewed")
    first, second = visitor.events
    assert second["anonymousId"] != first["anonymousId"]
    assert "userId" not in second


def test_consent_taken_back_in_one_tab_holds_in_the_other(site: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open()
    visitor.call("polku.consent(true)")
    visitor.wait_for("page")
    other = visitor.context.new_page()
    other.goto(site.address)
    other.wait_for_function("localStorage.polku")
    other.evaluate("polku.consent(false)")
    visitor.call("polku.track('Product Viewed')")
    visitor.page.wait_for_timeout(500)
    assert visitor.stored() == NOTHING
    assert "Product Viewed" not in visitor.names


@pytest.mark.parametrize("signal", [GPC, DNT], ids=["global privacy control", "do not track"])
@pytest.mark.parametrize("choices", [Choices(), Choices(is_cookieless=True), Choices(consent_by_tool=True)])
def test_a_browser_that_says_no_wins(
    polku: Polku, site: Site, visit: Callable[..., Visitor], signal: str, choices: Choices
):
    site.code = snippet(polku.address, polku.write_key, choices)
    visitor = visit(script=signal + '; try { localStorage.polku ??= \'{"id":"x","queue":[]}\' } catch {}')
    visitor.open()
    visitor.call("(polku.consent(true), polku.track('Product Viewed'), polku.identify('7431'))")
    visitor.stays()
    assert visitor.stored() == NOTHING


def test_a_consent_tool_may_load_the_script_only_after_consent(
    polku: Polku, site: Site, visit: Callable[..., Visitor]
):
    site.code = snippet(polku.address, polku.write_key, Choices(consent_by_tool=True))
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    assert visitor.events[0]["anonymousId"]


def test_visitors_counted_without_cookies_leave_nothing_that_names_them(
    polku: Polku, site_with_form: Site, visit: Callable[..., Visitor]
):
    site = site_with_form
    site.code = snippet(polku.address, polku.write_key, Choices(is_cookieless=True))
    visitor = visit()
    visitor.open("/tili?email=maija@example.fi&utm_source=uutiskirje&haku=teltta&gclid=abc")
    visitor.call("polku.identify('7431', {email: 'maija@example.fi', phone: '+358401234567'})")
    visitor.call(f"polku.track('Order Completed', {json.dumps(ORDER)})")
    visitor.page.evaluate(
        "document.getElementById('ulos').addEventListener('click', e => e.preventDefault())"
    )
    visitor.page.click("#ulos")
    visitor.wait_for("page", "Products Searched", "Order Completed", "Link Clicked")
    text = json.dumps(visitor.sent)
    for secret in ("anonymousId", "userId", "maija", "10245", "7431", "358401234567", "gclid", "JJFI123"):
        assert secret not in text
    page, search, order, link = visitor.events
    assert page["context"]["page"]["url"] == f"{site.address}/tili"
    assert page["context"]["campaign"] == {"source": "uutiskirje"}
    assert search["properties"] == {"query": "teltta"}
    assert order["properties"] == {"total": 89.9}
    assert link["properties"] == {"href": "https://posti.example/seuranta", "text": "Seuraa pakettia"}
    assert visitor.stored() == NOTHING
    # What consent then allows is who it was; what was counted stays nameless.
    visitor.call("polku.consent(true)")
    visitor.wait_for("page", "Products Searched", "Order Completed", "Link Clicked", "identify")
    assert visitor.events[-1]["userId"] == "7431"


def test_requests_carry_no_cookie_and_ask_for_no_other_server(
    site: Site, polku: Polku, visit: Callable[..., Visitor]
):
    visitor = visit()
    asked: list[Any] = []
    visitor.page.on("request", lambda request: asked.append(request))
    visitor.open()
    visitor.call("polku.consent(true)")
    visitor.wait_for("page")
    hosts = {re.match(r"\w+://[^/]+|data:", request.url).group() for request in asked}  # type: ignore[union-attr]
    assert hosts - {"data:"} == {site.address, polku.address}
    assert all("cookie" not in request.all_headers() for request in asked)
