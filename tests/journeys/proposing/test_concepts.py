"""Names of events, reasons, states, pages and touchpoints are understood alike, in English and Finnish."""

from __future__ import annotations

import pytest

from polku.eventstore.port import CatalogEntry
from polku.journeys.proposing.concepts import is_technical, recognise
from polku.journeys.proposing.pages import group_pages
from polku.journeys.templates_catalog import journey_templates

MEANINGS = {
    "Order Completed": "order", "purchase": "order", "Tilaus tehty": "order", "Product Viewed": "product",
    "view_item": "product", "tuote avattu": "product", "productViewed": "product", "Product Added": "basket",
    "add_to_cart": "basket", "ostoskori": "basket", "begin_checkout": "checkout", "Kassa": "checkout",
    "Payment Info Entered": "payment", "payment_error": "payment_failed", "Maksu ei onnistu": "payment_failed",
    "add_shipping_info": "delivery_choice", "Toimituskulut": "delivery_choice", "handed to carrier": "shipped",
    "parcel_delivered": "delivery", "Missä tilaukseni on": "delivery", "Toimitus": "delivery",
    "tracking_email_opened": "tracking", "return_received": "returns", "Palautus": "returns",
    "palautettu": "returns", "palautetta": "survey", "Palautekysely": "survey", "Asiakaspalvelu": "support",
    "support_email": "support", "month_email_opened": "messages", "view_search_results": "site_search",
    "Hakutulos": "search_result", "canceled": "cancellation", "Peruttu": "cancellation",
    "checkout_bug": "errors", "Uutiskirje": "messages", "jokin ihan muu": None, "Koko": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "meant"), MEANINGS.items(), ids=str)
def test_a_name_means_what_people_mean_by_it(name, meant):
    found = recognise(name)
    assert (found.key if found else None) == meant


def test_touchpoints_of_templates_mean_the_same_in_both_languages():
    names = [
        point["name"]
        for template in journey_templates()
        for stage in template.content["stages"]
        for point in stage["touchpoints"]
    ]
    different = [name for name in names if recognise(name["fi"]) != recognise(name["en"])]
    assert different == []
    unknown = {name["en"] for name in names if recognise(name["en"]) is None}
    assert unknown == {"The need arises", "Upkeep of product data"}


@pytest.mark.parametrize("name", ["page_view", "Page Viewed", "scroll", "session_start", "Link Clicked"])
def test_some_events_tell_too_little_to_be_a_touchpoint(name):
    assert is_technical(name)
    assert not is_technical(f"order {name}")


def test_pages_are_grouped_by_the_part_of_the_path_that_says_what_they_are():
    entries = [
        CatalogEntry(f"https://kauppa.fi{path}", n, 1, None)
        for path, n in {
            "/": 9, "/?utm_source=x": 1, "/fi/tuote/teltta-1": 6, "/tuote/maksuton-kassi": 5, "/checkout": 4,
            "/checkout/thank-you": 3, "/blogi/retki": 2, "/blogi/": 1,
        }.items()
    ]  # fmt: skip
    entries.append(CatalogEntry("http://[broken", 50, 1, None))
    found = {group.name: (group.concept.key if group.concept else None, group.urls, group.signals)
             for group in group_pages(entries)}  # fmt: skip
    assert found == {
        "tuote": ("product", ["*/tuote/*"], 11),
        "home": ("home", ["*kauppa.fi/", "*kauppa.fi/?*"], 10),
        "checkout": ("checkout", ["*/checkout"], 4),
        "thank you": ("order", ["*/thank-you"], 3),
        "blogi": (None, ["*/blogi/*", "*/blogi/"], 3),
    }
