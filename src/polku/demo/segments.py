"""The demo's segments: groups that its truths set apart."""

from __future__ import annotations

from typing import Any


def _is(prop: str, value: str) -> dict[str, Any]:
    return {"property": prop, "op": "eq", "value": value}


SEGMENTS: dict[str, dict[str, Any]] = {
    "Uudet asiakkaat": {"where": [_is("customer", "uusi")]},
    "Palaavat asiakkaat": {"where": [_is("customer", "palaava")]},
    "Kanta-asiakkaat": {"where": [_is("loyalty", "true")]},
    "Mobiili": {"where": [_is("device", "puhelin")]},
    "Pohjois-Suomi": {
        "where": [{"property": "region", "op": "in", "value": ["Lappi", "Pohjois-Pohjanmaa", "Kainuu"]}]
    },
    "Etelä- ja Keski-Suomi": {
        "where": [
            {"property": "region", "op": "ne", "value": region}
            for region in ("Lappi", "Pohjois-Pohjanmaa", "Kainuu")
        ]
    },
    "Ruotsinkieliset": {"where": [_is("language", "sv")]},
    "iPhone ja Safari maksussa": {
        "did": [{"event": "payment_page", "where": [_is("device", "puhelin"), _is("browser", "Safari")]}]
    },
    "Muut selaimet maksussa": {
        "did": [{"event": "payment_page"}],
        "did_not": [{"event": "payment_page", "where": [_is("device", "puhelin"), _is("browser", "Safari")]}],
    },
    "Instagram-kampanjasta": {
        "did": [{"event": "visit", "where": [{"property": "url", "op": "contains", "value": "kaamoksen-yo"}]}]
    },
    "Neuvontaa saaneet": {"did": [{"event": "store_advice"}]},
    "Rovaniemen tiskillä käyneet": {"did": [{"event": "loyalty_desk", "where": [_is("store", "Rovaniemi")]}]},
    "Tampereen tiskillä käyneet": {"did": [{"event": "loyalty_desk", "where": [_is("store", "Tampere")]}]},
}
