"""The tables of generated files: columns named as exports name them, and rows that mean something."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

Row: TypeAlias = dict[str, object]
"""Role → datetime (local), float (amount), int (score) or text; roles that begin with ~ are noise."""

KINDS = ("orders", "order lines", "events", "scores", "contacts", "people", "order steps")


@dataclass(frozen=True)
class Column:
    role: str
    name: str


@dataclass(frozen=True)
class Table:
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: tuple[str, int, int] = ("csat", 1, 5)

    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def name_of(self, role: str) -> str | None:
        return next((column.name for column in self.columns if column.role == role), None)


_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "fi": {
        "order": ("Tilausnumero", "Tilausnro", "Tilauksen numero", "tilaus_id"),
        "person": ("Asiakasnumero", "Asiakasnro", "Asiakas ID", "asiakastunnus"),
        "email": ("Sähköposti", "Sähköpostiosoite", "Asiakkaan sähköposti"),
        "order time": ("Tilauspäivä", "Tilausaika", "Päivämäärä", "Tilattu"),
        "event time": ("Aikaleima", "Ajankohta", "Tapahtuma-aika", "Aika"),
        "score time": ("Vastausaika", "Vastattu", "Päivämäärä", "Pvm"),
        "contact time": ("Luotu", "Yhteydenottoaika", "Avattu", "Päivämäärä"),
        "value": ("Summa", "Yhteensä", "Tilauksen summa", "Loppusumma (€)"),
        "line value": ("Rivisumma", "Rivin summa", "Rivi yhteensä"),
        "status": ("Tila", "Tilauksen tila"),
        "event": ("Tapahtuma", "Toiminto", "Tapahtuman nimi"),
        "score": ("Arvosana", "Arvosana (1-5)", "Tyytyväisyys", "NPS", "Kuinka todennäköisesti suosittelisit meitä?"),
        "comment": ("Palaute", "Vapaa sana", "Kommentti"),
        "reason": ("Yhteydenoton syy", "Syy", "Aihe"),
        "ticket": ("Tiketin numero", "Tikettinumero", "Yhteydenoton tunnus"),
        "text": ("Kuvaus", "Viesti"),
        "paid": ("Maksettu pvm",),
        "sent": ("Lähetetty",),
        "~city": ("Kaupunki", "Postitoimipaikka"),
        "~tax": ("ALV", "Arvonlisävero"),
        "~product": ("Tuote", "Tuotenimi"),
        "~quantity": ("Määrä", "Kpl"),
        "~name": ("Nimi", "Asiakkaan nimi"),
        "~group": ("Asiakasryhmä", "Segmentti"),
    },
    "en": {
        "order": ("Order ID", "order_id", "Order Number", "orderNumber"),
        "person": ("Customer ID", "customer_id", "Customer number", "userId"),
        "email": ("Email", "E-mail address", "customer_email"),
        "order time": ("Order Date", "order_date", "Created at", "Date"),
        "event time": ("timestamp", "Time", "event_time", "Date"),
        "score time": ("Submitted at", "Response date", "date", "Completed"),
        "contact time": ("Created at", "Opened", "created", "Date"),
        "value": ("Total", "Amount", "Order Total", "grand_total"),
        "line value": ("Line total", "Item subtotal", "line_amount"),
        "status": ("Status", "order_status"),
        "event": ("Event", "event_name", "Action"),
        "score": ("Score", "Rating", "Rating (1-5)", "NPS score", "How likely are you to recommend us?"),
        "comment": ("Comment", "Feedback", "Why did you give this score?"),
        "reason": ("Reason", "Contact reason", "Category", "Topic"),
        "ticket": ("Ticket ID", "ticket_id", "Case number"),
        "text": ("Description", "Message"),
        "paid": ("Paid at",),
        "sent": ("shipped_at",),
        "~city": ("City", "Billing city"),
        "~tax": ("VAT", "Tax"),
        "~product": ("Product", "Item name"),
        "~quantity": ("Quantity", "qty"),
        "~name": ("Name", "Customer name"),
        "~group": ("Group", "Segment"),
    },
}  # fmt: skip
_TIMES = {"orders": "order time", "order lines": "order time", "events": "event time", "scores": "score time"}
_WORDS = (
    "hyvä palvelu",
    "toimitus myöhässä",
    "Kiitos; kaikki ok",
    'sanoi "ei", ehkä',
    "ääkköset, öljy",
    "fine",
)
_CITIES = ("Helsinki", "Hämeenlinna", "Jyväskylä", "Åbo", "Oulu")


def make_table(
    chance: random.Random, kind: str, language: str, size: int, *, unclear: bool, order: str
) -> Table:
    """A table of a kind. With `unclear`, days do not pass the twelfth and amounts are a few thousand at most, so that
    less of the file tells how it is written."""
    names = {role: chance.choice(options) for role, options in _NAMES[language].items()}
    by_mail = chance.random() < 0.3
    number = chance.randint(1000, 90_000)
    moments = [_moment(chance, unclear) for _ in range(size)]
    if order != "mixed":
        moments.sort(reverse=order == "newest")
    scale = _scale(names["score"], chance)
    rows: list[Row] = []
    for place, moment in enumerate(moments):
        customer = chance.randint(1, max(2, size))
        row: Row = {
            "order": f"{number + place}" if number % 2 else f"T-{number + place}",
            "person": str(100_000 + customer) if number % 3 else f"C{customer:05d}",
            "email": f"asiakas{customer}@example.fi",
            "time": moment,
            "value": round(chance.uniform(1000, 9999) if unclear else chance.lognormvariate(4, 1.5) + 1, 2),
            "status": chance.choice(["Toimitettu", "Maksettu", "Peruttu"]),
            "event": chance.choice(["Etusivu", "Tuotesivu", "Ostoskori", "Tilaus tehty"]),
            "score": chance.randint(scale[1], scale[2]),
            "comment": chance.choice(_WORDS) if chance.random() < 0.6 else None,
            "reason": chance.choice(["Toimitus", "Palautus", "Lasku", "Tuotekysymys"]),
            "ticket": str(50_000 + place),
            "text": chance.choice(_WORDS) + ("\nja toinen rivi" if chance.random() < 0.2 else ""),
            "paid": moment + timedelta(minutes=5),
            "sent": moment + timedelta(hours=30) if chance.random() < 0.8 else None,
            "~city": chance.choice(_CITIES),
            "~tax": round(chance.uniform(1, 99), 2),
            "~product": chance.choice(["Tuoli", "Pöytä", "Lamppu"]),
            "~quantity": chance.randint(1, 4),
            "~name": chance.choice(["Äijälä Matti", "Öberg Åsa", "Virtanen Liisa"]),
            "~group": chance.choice(["A", "B", "Kanta-asiakas"]),
        }  # fmt: skip
        rows.append(row)
    roles = _roles(kind, chance, by_mail=by_mail)
    if kind == "order lines":
        rows = [
            {**row, "value": round(chance.uniform(3, 400), 2)}
            for row in rows
            for _ in range(chance.randint(1, 3))
        ]
        names["value"] = names["line value"]
    names["time"] = names[_TIMES.get(kind, "order time" if kind == "order steps" else "contact time")]
    if kind == "people":
        seen: dict[object, Row] = {row["email" if by_mail else "person"]: row for row in rows}
        rows = list(seen.values())
    columns = tuple(Column(role, names[role]) for role in roles)
    kept = tuple({role: row[role] for role in roles} for row in rows)
    return Table(kind, columns, kept, scale)


def _moment(chance: random.Random, unclear: bool) -> datetime:
    year, month = chance.choice([2023, 2024]), chance.randint(1, 12)
    day = chance.randint(1, 12 if unclear else 28)
    return datetime(year, month, day, chance.randint(6, 22), chance.randint(0, 59), chance.randint(0, 59))


def _scale(name: str, chance: random.Random) -> tuple[str, int, int]:
    if "NPS" in name:
        return "nps", 0, 10
    if "1-5" in name:
        return "csat", 1, 5
    if "suosittel" in name or "recommend" in name:
        return chance.choice([("nps", 0, 10), ("recommend", 1, 5)])
    return chance.choice([("csat", 1, 5), ("csat", 1, 7), ("csat", 0, 10), ("csat", 1, 10), ("csat", 4, 10)])


def _roles(kind: str, chance: random.Random, *, by_mail: bool) -> list[str]:
    who = ["email"] if by_mail else ["person"]
    if not by_mail and chance.random() < 0.3:
        who.append("email")
    noise = [role for role in ("~city", "~group") if chance.random() < 0.4]
    roles = {
        "orders": [
            "order",
            *who,
            "time",
            "value",
            *chance.choice([[], ["status"], ["status", "~tax"]]),
            *noise,
        ],
        "order lines": ["order", *who, "time", "~product", "~quantity", "value"],
        "events": [*who, "event", "time", *noise],
        "scores": [
            *chance.choice([who, ["order"]]),
            "time",
            "score",
            *chance.choice([[], ["comment"]]),
            *noise,
        ],
        "contacts": ["ticket", *who, "time", "reason", *chance.choice([[], ["text"]]), *noise],
        "people": [*who, "~name", "~city", *noise[:0], "~group"],
        "order steps": ["order", *who, "time", "paid", "sent", "value"],
    }[kind]
    if chance.random() < 0.3:
        chance.shuffle(roles)
    return roles
