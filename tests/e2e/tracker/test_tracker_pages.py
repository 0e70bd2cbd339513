"""What comes by itself from a page, and what the page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from polku.capture.install.snippets import Choices, snippet
from tests.e2e.tracker.conftest import Polku, Site, Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def shop(polku: Polku, site: Site) -> Site:
    site.code = snippet(polku.address, polku.write_key, Choices(consent_by_tool=True))
    return site


def properties(visitor: Visitor, event: str) -> list[dict[str, Any]]:
    return [message["properties"] for message in visitor.events if message.get("event") == event]


def test_calls_made_before_the_script_has_loaded_are_kept(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = "<script>polku.track('Early', {a: 1}); polku.identify('7431')</script>"
    visitor = visit()
    visitor.open()
    visitor.wait_for("page", "Early", "identify")
    assert properties(visitor, "Early") == [{"a": 1}]


def test_a_page_that_holds_the_code_twice_is_counted_once(shop: Site, visit: Callable[..., Visitor]):
    shop.code *= 2
    visitor = visit()
    visitor.open()
    visitor.call("polku.track('Once')")
    visitor.wait_for("page", "Once")
    visitor.stays("page", "Once")


def test_an_element_called_polku_is_no_harm(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = "<nav id=polku>Etusivu › Teltat</nav>"
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    # Without the part where calls wait, the element itself is window.polku until the script has run.
    shop.code = shop.code[shop.code.index("<script async") :]
    visitor.open("/?sivu=2")
    visitor.wait_for("page", "page")
    visitor.call("polku.track('Product Viewed')")
    visitor.wait_for("page", "page", "Product Viewed")


def test_a_page_that_names_itself_is_viewed_once(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = "<script>polku.page('Etusivu', {osasto: 'teltat'})</script>"
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    visitor.stays("page")
    page = visitor.events[0]
    assert (page["name"], page["properties"]) == ("Etusivu", {"osasto": "teltat"})
    assert page["context"]["page"] == {"url": f"{shop.address}/", "referrer": "", "title": "etusivu"}


def test_pages_of_a_single_page_app(shop: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    visitor.call("(history.pushState({}, '', '/teltat?koko=2'), document.title = 'Teltat')")
    visitor.call("history.pushState({}, '', '/teltat?koko=2')")  # the same page
    visitor.call("history.replaceState({}, '', '/teltat?koko=3')")  # a filter
    visitor.call("history.pushState({}, '', '/teltat?koko=3#alas')")  # the filtered page, at an anchor
    visitor.wait_for("page", "page", "page")
    visitor.call("location.hash = '#ylos'")
    visitor.stays("page", "page", "page")
    visitor.call("history.go(-3)")
    visitor.wait_for("page", "page", "page", "page")
    seen = [message["context"]["page"] for message in visitor.events]
    home, small, large = (f"{shop.address}{path}" for path in ("/", "/teltat?koko=2", "/teltat?koko=3"))
    assert [page["url"] for page in seen] == [home, small, large, small]
    assert [page["referrer"] for page in seen] == ["", home, small, large]
    assert [page["title"] for page in seen[:2]] == ["etusivu", "Teltat"]


def test_links_out_files_mail_and_telephone(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = (
        "<a id=a href='https://posti.example/x?id=1'>Posti</a><a id=b href='/ohje.pdf?v=2'>Ohje</a>"
        "<a id=c href='tel:+35891234'>Soita</a><a id=d href='mailto:apu@kauppa.example'>Kirjoita</a>"
        "<a id=e href='/tuote'>Tuote</a>"
        "<script>addEventListener('click', (event) => event.preventDefault())</script>"
    )
    visitor = visit()
    visitor.open()
    for link in "abcde":
        visitor.page.click(f"#{link}")
    visitor.page.click("#a", button="middle")
    visitor.wait_for("page", "Link Clicked", "File Downloaded", *["Link Clicked"] * 3)
    assert properties(visitor, "File Downloaded") == [{"href": f"{shop.address}/ohje.pdf", "text": "Ohje"}]
    assert properties(visitor, "Link Clicked") == [
        {"href": "https://posti.example/x", "text": "Posti"},
        {"href": "tel:+35891234", "text": "Soita"},
        {"href": "mailto:apu@kauppa.example", "text": "Kirjoita"},
        {"href": "https://posti.example/x", "text": "Posti"},
    ]


def test_a_form_says_that_it_was_sent_and_not_what_it_holds(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = (
        "<form id=yhteys name=yhteydenotto action='/laheta?token=1' data-polku-event='Contact Requested'>"
        "<input name=id value='salainen'><input name=email value='maija@example.fi'>"
        "<textarea name=action>Terve</textarea><button>Lähetä</button></form>"
        "<script>addEventListener('submit', (event) => event.preventDefault())</script>"
    )
    visitor = visit()
    visitor.open()
    visitor.page.click("button")
    visitor.wait_for("page", "Form Submitted", "Contact Requested")
    assert properties(visitor, "Form Submitted") == [
        {"form_id": "yhteys", "form_name": "yhteydenotto", "form_action": "/laheta"}
    ]
    for value in ("salainen", "maija", "Terve", "token"):
        assert value not in str(visitor.sent)


def test_searches_and_how_many_results_they_had(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/haku"] = (
        "<p data-polku-results=0>Ei tuloksia</p><a href='/haku?haku=puukko&sivu=2'>Seuraava sivu</a>"
    )
    visitor = visit()
    visitor.open("/haku?haku=puukko")
    visitor.wait_for("page", "Products Searched")
    visitor.page.click("a")
    visitor.page.wait_for_url("**sivu=2")
    visitor.stays("page", "Products Searched", "page")
    assert properties(visitor, "Products Searched") == [{"query": "puukko", "results": 0}]


def test_results_may_be_counted_on_the_page(shop: Site, visit: Callable[..., Visitor]):
    shop.code = shop.code.replace("data-key", "data-results='.tuote' data-search='etsi' data-key")
    shop.pages["/"] = "<i class=tuote></i><i class=tuote></i>"
    visitor = visit()
    visitor.open("/?etsi=teltta&q=muu")
    visitor.wait_for("page", "Products Searched")
    assert properties(visitor, "Products Searched") == [{"query": "teltta", "results": 2}]


def test_events_by_attribute(shop: Site, visit: Callable[..., Visitor]):
    shop.pages["/"] = (
        "<button data-polku-event='Product Added' data-polku-properties='{\"product_id\": \"7\"}'>"
        "<span>Lisää koriin</span></button>"
    )
    visitor = visit()
    visitor.open()
    visitor.page.click("span")
    visitor.wait_for("page", "Product Added")
    assert properties(visitor, "Product Added") == [{"product_id": "7"}]


def test_signing_out_ends_what_is_the_customers(shop: Site, visit: Callable[..., Visitor]):
    visitor = visit()
    visitor.open()
    visitor.call("polku.identify(7431, {email: 'maija@example.fi'})")
    visitor.call("polku.track('A')")
    visitor.call("polku.reset()")
    visitor.call("polku.track('B')")
    visitor.wait_for("page", "identify", "A", "B")
    page, identify, first, second = visitor.events
    assert identify["traits"] == {"email": "maija@example.fi"}
    assert [message.get("userId") for message in visitor.events] == [None, "7431", "7431", None]
    assert page["anonymousId"] == first["anonymousId"] != second["anonymousId"]


def test_how_fast_the_page_was_is_told_once_when_it_is_left(
    polku: Polku, shop: Site, visit: Callable[..., Visitor]
):
    shop.code = snippet(polku.address, polku.write_key, Choices(consent_by_tool=True, with_vitals=True))
    shop.pages["/"] = "<h1>Telttakauppa</h1><p>Teltat ja makuupussit</p><button>Valitse</button>"
    visitor = visit()
    visitor.open()
    visitor.wait_for("page")
    visitor.page.click("button")
    visitor.page.wait_for_timeout(300)
    visitor.open("/?sivu=2")
    visitor.until(lambda: visitor.names.count("Page Measured"), 1)
    (measured,) = properties(visitor, "Page Measured")
    assert measured.keys() >= {"lcp", "cls", "ttfb", "load_time"}
    assert 0 < measured["lcp"] < 10_000
    assert measured["ttfb"] <= measured["lcp"]
    assert 0 <= measured["cls"] < 1
    message = next(each for each in visitor.events if each.get("event") == "Page Measured")
    assert message["context"]["page"]["url"] == f"{shop.address}/"
