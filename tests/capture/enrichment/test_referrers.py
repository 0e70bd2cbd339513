"""Our own list of services, against a list that others made: only the expected media are compared."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from polku.capture.enrichment.referrers import _entries, service_named, service_of
from polku.capture.enrichment.sites import host_of

MEDIUM_OF_KIND = {
    "search": "search",
    "social": "social",
    "email": "email",
    "ai": "chatbot",
    "paid_search": "paid",
    "display": "paid",
}


def test_at_least_nine_in_ten_of_the_expected_media_are_found(real_data):
    cases = json.loads((real_data / "fixtures" / "referer-tests.json").read_text())
    wrong = []
    for case in cases:
        service = service_of(host_of(case["uri"]))
        if (MEDIUM_OF_KIND[service.kind] if service else "unknown") != case["medium"]:
            wrong.append((case["medium"], host_of(case["uri"]), service))
    rate = 1 - len(wrong) / len(cases)
    print(f"\nexpected media found: {rate:.1%} of {len(cases)}; not: {wrong}")
    assert len(cases) == 118
    assert rate >= 0.9


@pytest.mark.parametrize(
    ("referrer", "service"),
    [
        ("https://www.google.fi/", ("search", "Google")),
        ("https://www.google.co.uk/url?q=x", ("search", "Google")),
        ("https://mail.google.com/mail/u/0/", ("email", "Gmail")),
        ("https://gemini.google.com/app", ("ai", "Gemini")),
        ("android-app://com.google.android.gm/", ("email", "Gmail")),
        ("android-app://com.google.android.googlequicksearchbox/https/www.google.com", ("search", "Google")),
        ("https://www.bing.com/", ("search", "Bing")),
        ("https://duckduckgo.com/", ("search", "DuckDuckGo")),
        ("https://lm.facebook.com/l.php?u=x", ("social", "Facebook")),
        ("https://l.instagram.com/?u=x", ("social", "Instagram")),
        ("https://t.co/abc", ("social", "X")),
        ("https://keskustelu.suomi24.fi/t/1", ("social", "Suomi24")),
        ("https://posti.suomi24.fi/", ("email", "Suomi24 posti")),
        ("https://ylilauta.org/satunnainen", ("social", "Ylilauta")),
        ("https://webmail.elisa.fi/", ("email", "Elisa")),
        ("https://webmail.jokufirma.fi/owa/", ("email", "webmail.jokufirma.fi")),
        ("https://hinta.fi/123/tuote", ("search", "Hinta.fi")),
        ("https://chatgpt.com/", ("ai", "ChatGPT")),
        ("https://copilot.microsoft.com/", ("ai", "Copilot")),
        ("https://googleads.g.doubleclick.net/", ("display", "Google")),
        ("https://track.adtraction.com/t/t", ("affiliate", "Adtraction")),
        ("https://payment.paytrail.com/pay/1", ("passage", "Payment")),
        ("https://www.hs.fi/talous/", None),
        ("https://www.posti.fi/seuranta", None),
        ("https://notgoogle.com/", None),
        ("https://google.com.evil.example/", None),
        ("https://mail.fi/", None),
        ("http://localhost/", None),
        ("http://192.0.2.1/", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_service_of_a_referrer(referrer, service):
    found = service_of(host_of(referrer))
    assert (tuple(found) if found else None) == service


@pytest.mark.parametrize(
    ("source", "service"),
    [
        ("google", ("search", "Google")),
        ("Facebook", ("social", "Facebook")),
        ("fb", ("social", "Facebook")),
        ("chatgpt.com", ("ai", "ChatGPT")),
        ("www.bing.com", ("search", "Bing")),
        ("twitter", ("social", "X")),
        ("uutiskirje", None),
        ("payment", None),
        ("", None),
    ],
)
def test_service_of_a_utm_source(source, service):
    found = service_named(source)
    assert (tuple(found) if found else None) == service


def test_every_host_stands_once_and_in_its_plain_form():
    hosts = [host for _kind, _name, entry_hosts, _also in _entries() for host in entry_hosts]
    assert [host for host, times in Counter(hosts).items() if times > 1] == []
    assert [host for host in hosts if host != host.lower().strip(". ") or "/" in host] == []
