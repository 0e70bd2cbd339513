from __future__ import annotations

import pytest
from django.utils import translation

from polku.surveys.onsite.forms import WebLinkForm
from polku.surveys.onsite.summary import sentence_of
from polku.surveys.onsite.targeting import Targeting, allows, site_of, targeting_of, to_settings


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("shop.example", "shop.example"),
        (" https://WWW.Shop.example/teltat ", "www.shop.example"),
        ("*.shop.example", "shop.example"),
        ("localhost:8080", "localhost:8080"),
        ("127.0.0.1:5000", "127.0.0.1:5000"),
        ("räty.example", "xn--rty-qla.example"),
        ("", None),
        ("shop example", None),
        ("https://", None),
        ("http://[::1", None),
        ("-shop.example", None),
        ("shop.example:port", None),
    ],
)
def test_a_site_is_read_however_it_is_written(written, site):
    assert site_of(written) == site


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://shop.example", True),
        ("http://www.shop.example", True),
        ("https://www.shop.example:8443", True),
        ("https://localhost:8080", True),
        ("https://localhost:8081", False),
        ("https://evilshop.example", False),
        ("https://shop.example.evil", False),
        ("null", False),
        ("file://shop.example", False),
        ("https://[::1", False),
    ],
)
def test_a_site_allows_itself_and_what_is_below_it(origin, is_allowed):
    assert allows(["shop.example", "localhost:8080"], origin) is is_allowed


def test_settings_come_back_as_they_were_and_broken_ones_are_the_usual_ones():
    targeting = Targeting(sites=["shop.example"], when="event", event="Order Completed", share=0.2)
    assert targeting_of(to_settings(targeting)) == targeting
    assert targeting_of({"share": 7}) == Targeting()
    assert targeting_of(None) == Targeting()


def test_the_sentence_says_whom_it_asks():
    targeting = Targeting(share=0.2, pages=["/kassa/*"], when="time", seconds=15, device="phone")
    with translation.override("en"):
        assert sentence_of(targeting) == (
            "Asks 20 % of visitors with a phone or a tablet on the pages /kassa/* after 15 seconds, "
            "the same visitor at most once in 30 days."
        )
    with translation.override("fi"):
        assert sentence_of(Targeting(share=0.125, when="exit", days=1)) == (
            "Kysyy 12,5 %:lta kävijöistä kaikilla sivuilla kun he ovat lähdössä, "
            "samalta kävijältä enintään kerran päivässä."
        )


def test_the_form_says_what_is_wrong_and_gives_back_what_it_was_given(link):
    usual = {
        "name": "Kassa",
        "when": "time",
        "share": "100",
        "days": "30",
        "device": "all",
        "place": "corner",
    }
    with translation.override("en"):
        wrong = WebLinkForm(
            usual | {"sites": "ei sivusto", "pages": "kassa", "when": "event", "share": "0"}, link=link
        )
        assert not wrong.is_valid()
        assert set(wrong.errors) == {"sites", "pages", "event", "share"}
    right = WebLinkForm(usual | {"sites": "shop.example\nhttps://shop.example/", "seconds": ""}, link=link)
    assert right.is_valid()
    assert right.targeting == Targeting(sites=["shop.example"], unknown=False)
