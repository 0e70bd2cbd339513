"""From a website to the timeline of a person, and from two devices to one customer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from polku.capture.install.snippets import Choices, snippet
from tests.e2e.tracker.conftest import PHONE, Polku, Site, Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def shop(site: Site) -> Site:
    site.pages["/teltat"] = (
        "<h1>Teltat</h1><a id=posti href='https://posti.example/seuranta'>Seuraa pakettia</a>"
        "<form name=uutiskirje><input name=email value='maija@example.fi'><button>Tilaa</button></form>"
        "<script>for (const name of ['click', 'submit']) addEventListener(name, (event) => "
        "event.target.closest('#posti, form[name]') && event.type == (event.target.id ? 'click' : 'submit') && "
        "event.preventDefault())</script>"
    )
    return site


def timeline(console: Page, polku: Polku, search: str, sentences: int) -> list[str]:
    """The sentences of the only person whom the list of customers finds, the oldest first, once there are as many."""
    console.goto(f"{polku.address}/w/{polku.workspace}/people/?search={search}")
    for _attempt in range(40):
        links = console.locator(".people-table tbody th a")
        if links.count() == 1:
            links.click()
            console.locator(".person-head").wait_for()
            found = console.locator(".entry-sentence").all_text_contents()
            if len(found) >= sentences:
                return found[::-1]
        console.wait_for_timeout(250)
        console.goto(f"{polku.address}/w/{polku.workspace}/people/?search={search}")
    raise AssertionError(f"{search} is not one person with {sentences} signals: {links.all_text_contents()}")


def test_what_a_visitor_does_is_on_their_timeline(
    polku: Polku, shop: Site, visit: Callable[..., Visitor], console: Page
):
    visitor = visit()
    visitor.open("/teltat?utm_source=uutiskirje&utm_medium=email")
    visitor.call("polku.consent(true)")
    visitor.wait_for("page")
    visitor.page.click("#posti")
    visitor.page.click("button")
    visitor.call("(history.pushState({}, '', '/teltat/kaksikko'), document.title = 'Kaksikko 2')")
    visitor.wait_for("page", "Link Clicked", "Form Submitted", "page")
    visitor.call(
        "polku.track('Order Completed', {order_id: '10245', total: 89.9, currency: 'EUR', payment_method: 'MobilePay'})"
    )
    visitor.call("polku.identify('asiakas-42', {email: 'tuuli@example.fi', name: 'Tuuli Aalto'})")
    visitor.wait_for("page", "Link Clicked", "Form Submitted", "page", "Order Completed", "identify")
    found = timeline(console, polku, "Tuuli", 6)
    assert sorted(found) == sorted(
        [
            "Viewed the page “teltat”",
            "Followed the link “Seuraa pakettia”",
            "Sent the form “uutiskirje”",
            "Viewed the page “Kaksikko 2”",
            "Sent the order, €89.90",
            "Ordered €89.90 (completed)",
        ]
    )
    assert found[:4] == [
        "Viewed the page “teltat”",
        "Followed the link “Seuraa pakettia”",
        "Sent the form “uutiskirje”",
        "Viewed the page “Kaksikko 2”",
    ]
    assert console.locator(".person-head h1").text_content() == "Tuuli Aalto"
    assert polku.count("Order Completed", "persons", order_id="10245") == 1


def test_a_phone_and_a_computer_are_one_customer_after_signing_in_on_both(
    polku: Polku, shop: Site, visit: Callable[..., Visitor], console: Page
):
    shop.code = snippet(polku.address, polku.write_key, Choices(consent_by_tool=True))
    phone, computer = visit(user_agent=PHONE), visit()
    phone.open("/teltat")
    phone.call("polku.track('Product Browsed On A Phone')")
    phone.wait_for("page", "Product Browsed On A Phone")
    computer.open()
    computer.call("polku.track('Product Bought', {order_id: 'tk-1', total: 120})")
    computer.wait_for("page", "Product Bought")
    assert phone.events[0]["anonymousId"] != computer.events[0]["anonymousId"]
    phone.call("polku.identify('asiakas-88', {email: 'kalle@example.fi'})")
    phone.wait_for("page", "Product Browsed On A Phone", "identify")
    computer.call("polku.identify('asiakas-88')")
    computer.wait_for("page", "Product Bought", "identify")
    found = timeline(console, polku, "kalle", 4)
    assert {"Product Browsed On A Phone", "Product Bought, €120.00"} <= set(found)
    ids = console.locator(".identity").all_text_contents()
    devices = console.locator(".identity.is-device").count()
    assert ("asiakas-88" in ids, devices) == (True, 2)
    # What the phone does from now on, also after another visit, is the same customer's.
    phone.open("/teltat?toisen=kerran")
    phone.call("polku.track('Came Back On The Phone')")
    phone.until(lambda: "Came Back On The Phone" in phone.names, True)
    assert "Came Back On The Phone" in timeline(console, polku, "kalle", 6)


def test_without_cookies_a_visitor_is_one_for_a_day_and_the_salt_is_on_no_disk(
    polku: Polku, shop: Site, visit: Callable[..., Visitor], console: Page
):
    console.goto(f"{polku.address}/w/{polku.workspace}/settings/collection/")
    console.check("input[name=is_cookieless]")
    console.click("main button.primary")
    console.locator(".message").wait_for()
    shop.code = snippet(polku.address, polku.write_key, Choices(is_cookieless=True))

    def look(*visitors: Visitor, times: int) -> None:
        for visitor in visitors:
            for _ in range(times):
                visitor.call("polku.track('Looked Without Cookies')")
            visitor.until(lambda visitor=visitor: visitor.call("0") == 0 and len(visitor.sent) > 0, True)
            visitor.page.wait_for_timeout(400)

    first, second = visit(), visit(user_agent=PHONE)
    for visitor in (first, second):
        visitor.open("/teltat")
    look(first, second, times=2)
    first.until(lambda: polku.count("Looked Without Cookies"), 4.0)
    assert polku.count("Looked Without Cookies", "persons") == 2
    # The same browser after the server has begun anew: a stranger, because nothing was written down.
    console.goto("about:blank")
    polku.stop()
    polku.start()
    look(first, times=1)
    first.until(lambda: polku.count("Looked Without Cookies"), 5.0)
    assert polku.count("Looked Without Cookies", "persons") == 3
