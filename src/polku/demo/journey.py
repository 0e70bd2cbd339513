"""The demo's map as a document of `journeys.domain`: what the team drew in its workshop, guesses included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

NAME = "Retkeilykaupan ostopolku"

ASSUMED: dict[str, float] = {
    "Hakumainos": 0.1,
    "Instagram": 0.3,
    "Tuotesivu": 0.35,
    "Myymälän neuvonta": 0.45,
    "Ostoskori": 0.3,
    "Maksu": 0.5,
    "Seurantaviesti": 0.2,
    "Nouto ja kuljetus": 0.45,
    "Asiakaspalvelu": -0.1,
    "Palautus": 0.0,
    "Kuukausi myöhemmin": 0.45,
    "Kanta-asiakastiski": 0.35,
}
"""What the team believes its customers feel, −1…+1. Maksu, Nouto, Palautus and Asiakaspalvelu are far off."""


def _events(*names: str, url: str = "") -> dict[str, Any]:
    return {"kind": "event", "names": list(names), "url": url}


def _asked(metric: str, survey: str) -> dict[str, Any]:
    where = [{"property": "survey", "op": "eq", "value": survey}]
    return {"kind": "score", "names": [metric], "where": where}


def _contacts(*reasons: str) -> dict[str, Any]:
    return {"kind": "contact", "names": list(reasons)}


def journey_document(today: date, *, owner: str) -> dict[str, Any]:
    """The map as reviewed three days before `today`; `owner` is the e-mail address of who answers for it."""

    def point(
        name: str,
        channels: Sequence[str],
        *bindings: dict[str, Any],
        about: str = "",
        review_in: int | None = None,
        moment_of_truth: bool = False,
    ) -> dict[str, Any]:
        return {
            "name": name,
            "description": about,
            "channels": list(channels),
            "moment_of_truth": moment_of_truth,
            "backstage": name not in ASSUMED,
            "assumed_feeling": ASSUMED.get(name),
            "owner": owner if review_in is not None else None,
            "review_on": (today + timedelta(days=review_in)).isoformat() if review_in is not None else None,
            "bindings": list(bindings),
        }

    stages = {
        "Tietoisuus": [
            point(
                "Hakumainos",
                ["search"],
                _events("visit", url="*utm_source=google*"),
                about="Maksetut hakutulokset",
            ),
            point(
                "Instagram",
                ["social"],
                _events("visit", url="*utm_source=instagram*"),
                about="Omat julkaisut ja kampanjat",
                review_in=11,
            ),
        ],
        "Harkinta": [
            point(
                "Tuotesivu",
                ["web", "mobile"],
                _events("product_view"),
                _asked("csat", "tuotesivu"),
                _contacts("Tuotekysymys", "Koko"),
                review_in=25,
            ),
            point(
                "Myymälän neuvonta",
                ["store"],
                _events("store_advice"),
                _asked("smiley", "neuvonta"),
                about="Tampereen ja Rovaniemen myymälöiden neuvontapisteet",
            ),
        ],
        "Osto": [
            point(
                "Ostoskori",
                ["web", "mobile"],
                _events("add_to_cart", "cart_view", "shipping_cost_shown"),
                _asked("ces", "ostoskori"),
                _contacts("Toimituskulut", "Alennuskoodi"),
                review_in=18,
            ),
            point(
                "Maksu",
                ["web", "mobile"],
                _events("payment_page", "payment_failed", "order_placed"),
                _asked("ces", "maksu"),
                _contacts("Maksu ei onnistu", "Laskutus"),
                moment_of_truth=True,
                review_in=4,
            ),
        ],
        "Toimitus": [
            point(
                "Seurantaviesti",
                ["email"],
                _events("tracking_email_opened", "tracking_page"),
                _asked("csat", "seurantaviesti"),
                _contacts("Seurantalinkki ei toimi"),
            ),
            point(
                "Nouto ja kuljetus",
                ["delivery", "store"],
                _events("parcel_delivered", "parcel_picked_up", "order_picked_up"),
                _asked("csat", "toimitus"),
                _contacts("Missä tilaukseni on"),
                about="Pakettiautomaatti, kotiinkuljetus ja nouto myymälästä",
                moment_of_truth=True,
                review_in=11,
            ),
            point("Varasto", [], _events("warehouse_picked", "warehouse_packed"), about="Keräily ja pakkaus"),
        ],
        "Käyttö ja tuki": [
            point(
                "Asiakaspalvelu",
                ["phone", "chat", "email"],
                _events("support_call", "support_chat", "support_email"),
                _asked("csat", "asiakaspalvelu"),
                review_in=32,
            ),
            point(
                "Palautus",
                ["web", "post"],
                _events("returns_page", "return_started", "return_posted"),
                _asked("ces", "palautus"),
                _contacts("Palautusohje", "Hyvitys viipyy"),
                review_in=4,
            ),
            point("Palautusten käsittely", [], _events("return_received"), about="Tarkastus ja hyvitys"),
        ],
        "Uskollisuus": [
            point(
                "Kuukausi myöhemmin",
                ["email"],
                _events("month_email_opened", "month_email_clicked"),
                _asked("nps", "kuukausi"),
                _contacts("Viallinen tuote"),
            ),
            point(
                "Kanta-asiakastiski",
                ["store"],
                _events("loyalty_desk"),
                _asked("smiley", "kanta-asiakastiski"),
                _contacts("Kanta-asiakkuus"),
                moment_of_truth=True,
                review_in=39,
            ),
        ],
    }
    return {
        "polku": "journey",
        "version": 1,
        "name": NAME,
        "kind": "as-is",
        "purpose": "Nähdä, missä asiakas jää jumiin matkalla hakumainoksesta kanta-asiakkaaksi.",
        "window_days": 30,
        "reviewed_at": (today - timedelta(days=3)).isoformat(),
        "stages": [{"name": name, "touchpoints": points} for name, points in stages.items()],
    }
