"""Where visits come from: referrers, campaigns, ids of clicks, and what is no source at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.capture.enrichment.campaigns import campaign_of, with_said
from polku.capture.enrichment.sites import host_of, site_of
from polku.capture.enrichment.traffic import CHANNELS, Traffic, traffic_json
from polku.capture.enrichment.traffic import traffic_of as traffic_of_hosts

SHOP = "https://www.kauppa.fi/"


def traffic_of(url, referrer, said=None):
    campaign = campaign_of(url)
    return traffic_of_hosts(host_of(url), host_of(referrer), with_said(campaign, said) if said else campaign)


@pytest.mark.parametrize(
    ("referrer", "traffic"),
    [
        ("", Traffic("Direct")),
        ("https://www.google.fi/", Traffic("Organic Search", "Google", "organic", "", "www.google.fi")),
        ("https://m.facebook.com/x", Traffic("Organic Social", "Facebook", "social", "", "m.facebook.com")),
        ("https://mail.google.com/", Traffic("Email", "Gmail", "email", "", "mail.google.com")),
        ("https://chatgpt.com/", Traffic("AI assistant", "ChatGPT", "ai", "", "chatgpt.com")),
        ("https://www.hs.fi/talous", Traffic("Referral", "hs.fi", "referral", "", "www.hs.fi")),
        (
            "https://track.adtraction.com/",
            Traffic("Affiliate", "Adtraction", "affiliate", "", "track.adtraction.com"),
        ),
        ("https://www.kauppa.fi/ostoskori", None),
        ("https://tili.kauppa.fi/", None),
        ("http://kauppa.fi/", None),
        ("https://payment.paytrail.com/pay", None),
        ("https://tunnistautuminen.suomi.fi/idp", None),
        ("about:blank", Traffic("Direct")),
    ],
)
def test_a_referrer(referrer, traffic):
    assert traffic_of(SHOP, referrer) == traffic


@pytest.mark.parametrize(
    ("query", "referrer", "traffic"),
    [
        (
            "utm_source=google&utm_medium=cpc&utm_campaign=kesä",
            "https://www.google.fi/",
            Traffic("Paid Search", "Google", "cpc", "kesä", "www.google.fi"),
        ),
        ("utm_source=facebook&utm_medium=cpc", "", Traffic("Paid Social", "Facebook", "cpc")),
        ("utm_source=ig&utm_medium=social", "", Traffic("Organic Social", "Instagram", "social")),
        ("utm_source=meta&utm_medium=paid_social", "", Traffic("Paid Social", "Facebook", "paid_social")),
        ("utm_source=Uutiskirje&utm_medium=Email", "", Traffic("Email", "Uutiskirje", "email")),
        ("utm_source=kirje&utm_medium=uutiskirje", "", Traffic("Email", "kirje", "uutiskirje")),
        ("utm_source=hs&utm_medium=banner", "", Traffic("Display", "hs", "banner")),
        ("utm_source=blogi&utm_medium=affiliate", "", Traffic("Affiliate", "blogi", "affiliate")),
        ("utm_source=chatgpt.com", "", Traffic("AI assistant", "ChatGPT", "ai")),
        ("utm_source=bing", "", Traffic("Organic Search", "Bing", "organic")),
        ("utm_source=esite&utm_medium=qr", "", Traffic("Other", "esite", "qr")),
        ("utm_source=esite", "", Traffic("Other", "esite", "")),
        (
            "utm_medium=referral",
            "https://www.hs.fi/",
            Traffic("Referral", "hs.fi", "referral", "", "www.hs.fi"),
        ),
        ("utm_campaign=a", "https://t.co/x", Traffic("Organic Social", "X", "social", "a", "t.co")),
        ("utm_campaign=a", "https://www.kauppa.fi/b", Traffic("Other", "", "", "a")),
        ("utm_campaign=a", "https://payment.paytrail.com/", Traffic("Other", "", "", "a")),
        (
            "gclid=abc",
            "https://www.google.com/",
            Traffic("Paid Search", "Google", "cpc", "", "www.google.com"),
        ),
        ("gclid=abc&utm_source=google", "", Traffic("Paid Search", "Google", "cpc")),
        ("msclkid=abc", "", Traffic("Paid Search", "Bing", "cpc")),
        ("fbclid=abc", "", Traffic("Organic Social", "Facebook", "social")),
        (
            "fbclid=abc",
            "https://l.instagram.com/",
            Traffic("Organic Social", "Instagram", "social", "", "l.instagram.com"),
        ),
        ("fbclid=abc&utm_medium=paid&utm_source=fb", "", Traffic("Paid Social", "Facebook", "paid")),
        ("fbclid=abc&utm_source=uutiskirje&utm_medium=email", "", Traffic("Email", "uutiskirje", "email")),
        ("ttclid=abc", "", Traffic("Paid Social", "TikTok", "cpc")),
        ("dclid=abc", "", Traffic("Display", "Google", "display")),
        ("tduid=abc", "", Traffic("Affiliate", "Tradedoubler", "affiliate")),
        ("mc_cid=abc&mc_eid=1", "", Traffic("Email", "Mailchimp", "email")),
        ("mtm_source=kirje&mtm_medium=email&mtm_campaign=k1", "", Traffic("Email", "kirje", "email", "k1")),
        ("pk_campaign=k1", "", Traffic("Other", "", "", "k1")),
        ("utm_source=matti@example.fi&utm_medium=email", "", Traffic("Email", "", "email")),
        ("utm_source=&gclid=", "", Traffic("Direct")),
    ],
)
def test_a_campaign_and_the_id_of_a_click(query, referrer, traffic):
    assert traffic_of(f"{SHOP}?{query}", referrer) == traffic


def test_a_campaign_in_the_fragment_or_told_by_the_sender():
    expected = Traffic("Email", "kirje", "email", "k1")
    fields = "utm_source=kirje&utm_medium=email&utm_campaign=k1"
    assert traffic_of(f"{SHOP}#{fields}", "") == expected
    assert traffic_of(f"{SHOP}#/tuote?{fields}", "") == expected
    said = {"source": "kirje", "medium": "email", "name": "k1"}
    assert traffic_of(SHOP, "", said) == expected
    assert traffic_of(f"{SHOP}?utm_source=other&utm_campaign=other", "", said) == expected


def test_without_a_page_nothing_is_direct():
    assert traffic_of("", "") is None
    assert traffic_of("", "https://www.google.com/") == Traffic(
        "Organic Search", "Google", "organic", "", "www.google.com"
    )


def test_what_the_store_is_given():
    assert traffic_json(None) is None
    assert traffic_json(Traffic("Direct")) == '{"traffic_channel":"Direct"}'
    assert json.loads(traffic_json(Traffic("Email", "a", "b", "c", "d")) or "") == {
        "traffic_channel": "Email",
        "traffic_source": "a",
        "traffic_medium": "b",
        "traffic_campaign": "c",
        "referrer": "d",
    }


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.kauppa.fi", "kauppa.fi"),
        ("kauppa.fi", "kauppa.fi"),
        ("a.b.kauppa.co.uk", "kauppa.co.uk"),
        ("oma.mycashflow.fi", "oma.mycashflow.fi"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("localhost", "localhost"),
        ("fi", "fi"),
        ("", ""),
    ],
)
def test_site_of_a_host(host, site):
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Kauppa.fi:8443/a?b", "www.kauppa.fi"),
        ("https://user:secret@kauppa.fi/", "kauppa.fi"),
        ("https://kauppa.fi./", "kauppa.fi"),
        ("//kauppa.fi/a", "kauppa.fi"),
        ("www.kauppa.fi/a", "www.kauppa.fi"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("/polku", ""),
        ("about:blank", ""),
        ("", ""),
    ],
)
def test_host_of_an_address(url, host):
    assert host_of(url) == host


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_give_a_known_channel_or_nothing(url, referrer):
    found = traffic_of(url, referrer)
    assert found is None or found.channel in CHANNELS


@given(st.text(alphabet="utm_sorcegdi=&?#/:.%@ ab", max_size=200))
def test_any_query_is_read(query):
    found = traffic_of(f"https://kauppa.fi/?{query}", f"https://{query}")
    assert found is None or found.channel in CHANNELS
