"""What consent allows arrives: after 503, without network, from a page that closes; and each thing once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polku.capture.install.snippets import Choices, snippet
from tests.e2e.tracker.conftest import Polku, Site, Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def consenting(polku: Polku, site: Site) -> Site:
    site.code = snippet(polku.address, polku.write_key, Choices(consent_by_tool=True))
    return site


def test_a_server_that_is_full_gets_it_a_little_later(consenting: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.answer = 503
    visitor.open()
    visitor.wait_for("page")
    assert len(visitor.sent) == 1
    visitor.answer = None
    visitor.until(lambda: len(visitor.sent), 2)
    assert visitor.sent[0]["batch"][0]["messageId"] == visitor.sent[1]["batch"][0]["messageId"]
    visitor.until(lambda: visitor.call("JSON.parse(localStorage.polku).queue"), [])


def test_what_could_not_be_sent_survives_the_page(consenting: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.answer = 503
    visitor.open()
    visitor.call("polku.track('Product Viewed')")
    visitor.open("/?sivu=2")
    visitor.page.wait_for_timeout(300)
    visitor.answer = None
    visitor.sent.clear()
    visitor.wait_for("page", "Product Viewed", "page")


def test_offline_events_go_when_the_network_is_back(consenting: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    visitor.context.set_offline(True)
    visitor.answer = 0
    visitor.call("polku.track('Product Added')")
    visitor.stays("page", seconds=1)
    visitor.answer = None
    visitor.context.set_offline(False)
    visitor.wait_for("page", "Product Added")


def test_a_page_that_closes_sends_its_last_word(
    polku: Polku, consenting: Site, visit: Callable[..., Visitor]
):
    visitor = visit(watched=False)
    visitor.open()
    closing = visitor.context.new_page()
    closing.goto(f"{consenting.address}/?sivu=2")
    closing.evaluate("polku.track('Last Word')")
    closing.close(run_before_unload=True)
    visitor.until(lambda: polku.count("Last Word"), 1.0)


def test_a_page_that_is_left_in_a_hurry_loses_nothing_and_doubles_nothing(
    polku: Polku, consenting: Site, visit: Callable[..., Visitor]
):
    consenting.pages["/seuraava"] = "<h1>Seuraava</h1>"
    consenting.pages["/"] = (
        "<a href='/seuraava'>Seuraavalle sivulle</a>"
        "<script>addEventListener('click', () => polku.track('Left In A Hurry'))</script>"
    )
    visitor = visit(watched=False)
    visitor.open(wait_until="commit")
    visitor.page.click("a")
    visitor.page.wait_for_url("**/seuraava")
    visitor.until(lambda: polku.count("Left In A Hurry"), 1.0)
    visitor.until(lambda: visitor.call("JSON.parse(localStorage.polku).queue"), [])
    visitor.page.wait_for_timeout(1000)
    assert polku.count("Left In A Hurry") == 1


def test_a_thank_you_page_loaded_again_is_one_order(
    polku: Polku, consenting: Site, visit: Callable[..., Visitor]
):
    consenting.pages["/kiitos"] = (
        "<script>polku.track('Order Completed', {order_id: 'uudestaan-1', total: 10})</script>"
    )
    visitor = visit()
    for _ in range(2):
        visitor.open("/kiitos")
        visitor.page.wait_for_timeout(600)
    assert [batch["batch"][-1]["messageId"] for batch in visitor.sent] == ["Order Completeduudestaan-1"] * 2
    visitor.until(lambda: polku.count("Order Completed", order_id="uudestaan-1"), 1.0)


def test_many_events_go_in_requests_that_a_closing_page_may_send(
    consenting: Site, visit: Callable[..., Visitor]
):
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    visitor.call("for (let i = 0; i < 120; i++) polku.track('Many ' + i, {text: '€'.repeat(300)})")
    visitor.until(lambda: len(visitor.events), 121, seconds=30)
    assert visitor.names[1:] == [f"Many {number}" for number in range(120)]
    assert max(len(str(batch["batch"])) for batch in visitor.sent) < 30_000
    visitor.until(lambda: visitor.call("JSON.parse(localStorage.polku).queue"), [])


def test_a_wrong_key_is_told_to_the_console_and_not_repeated(
    polku: Polku, consenting: Site, visit: Callable[..., Visitor]
):
    consenting.code = snippet(polku.address, "pk_" + "x" * 43, Choices(consent_by_tool=True))
    visitor = visit()
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    visitor.open()
    visitor.until(lambda: "Polku 401" in said, True)
    visitor.page.wait_for_timeout(1500)
    assert len(visitor.sent) == 1
