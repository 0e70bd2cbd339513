"""Six exports of a company as its own tools write them, and the same data clean: built from real data at each run.

The orders, answers and order lines are olist's, the events those of the planted stories, given to olist's first
customers. Nothing of it is kept: the data's licences do not allow it in the repository.
"""

from __future__ import annotations

import csv
import gzip
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

STATES = {
    "delivered": "toimitettu",
    "shipped": "lähetetty",
    "canceled": "peruttu",
    "unavailable": "ei saatavilla",
    "invoiced": "laskutettu",
    "processing": "käsittelyssä",
    "created": "luotu",
    "approved": "hyväksytty",
}
CHANNELS = {"email": "sähköposti", "organic": "hakukone", "paid_search": "mainos"}
FIRST_CUT, SECOND_CUT = datetime(2024, 3, 1), datetime(2024, 4, 1)
"""The first export of events ends at the second cut, the second begins at the first: March is in both."""


@dataclass(frozen=True)
class Order:
    number: str
    customer: str
    email: str
    at: datetime
    value: float | None
    state: str
    promised: datetime | None
    delivered: datetime | None


@dataclass(frozen=True)
class Company:
    """What the six files say, each thing once."""

    orders: list[Order]
    lines: list[tuple[str, str, float]]
    events: list[tuple[str, str, datetime, str]]
    numbers: dict[str, str]
    answers: list[tuple[datetime, str, str, int, str]]
    tickets: list[tuple[int, str, datetime, str, str]]


def read_company(data: Path) -> Company:
    """The company of the real data below `data`."""
    people = {
        row["customer_id"]: f"{row['customer_unique_id']}@esimerkki.fi" for row in _rows(data, "customers")
    }
    numbers = {email: f"A{10_001 + place}" for place, email in enumerate(dict.fromkeys(people.values()))}
    values: dict[str, float] = defaultdict(float)
    lines = []
    for row in _rows(data, "order_items"):
        values[row["order_id"]] += float(row["price"])
        lines.append((row["order_id"], row["product_id"], float(row["price"])))
    orders = [
        Order(
            number=row["order_id"],
            customer=numbers[people[row["customer_id"]]],
            email=people[row["customer_id"]],
            at=_minute(row["order_purchase_timestamp"]),
            value=round(values[row["order_id"]], 2) if row["order_id"] in values else None,
            state=STATES[row["order_status"]],
            promised=_moment(row["order_estimated_delivery_date"]),
            delivered=_moment(row["order_delivered_customer_date"]),
        )
        for row in _rows(data, "orders")
    ]
    known = {order.number: order for order in orders}
    answers = [
        (
            _minute(row["review_answer_timestamp"]),
            known[row["order_id"]].email,
            row["order_id"],
            int(row["review_score"]),
            " ".join(row["review_comment_message"].split()),
        )
        for row in _rows(data, "order_reviews")
    ]
    tickets = [
        (5000 + number, email, at, _reason(known[order]), f"Tilaus {order[:8]}")
        for number, (at, email, order, score, _text) in enumerate(answers)
        if score == 1
    ]
    events = _events(data, [order.email for order in orders])
    return Company(orders, lines, events, numbers, answers, tickets)


def _reason(order: Order) -> str:
    if order.state == "peruttu":
        return "Peruutus"
    return "Palautus" if order.delivered else "Missä pakettini on"


def _events(data: Path, emails: Sequence[str]) -> list[tuple[str, str, datetime, str]]:
    with gzip.open(data / "planted_stories/ecom.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    users = dict.fromkeys(row["user_id"] for row in rows)
    email_of = dict(zip(users, dict.fromkeys(emails), strict=False))
    return [
        (
            email_of[row["user_id"]],
            row["event"],
            _minute(row["timestamp"]),
            CHANNELS.get(row["acquisition_channel"], row["acquisition_channel"]),
        )
        for row in sorted(rows, key=lambda row: row["timestamp"])
    ]


# ---- as the company's tools write them --------------------------------------------------------------------------


def write_exports(company: Company, folder: Path) -> list[Path]:
    """The six files, in the order in which somebody would drop them."""
    folder.mkdir()
    events = company.events
    return [
        _orders(company, folder / "tilaukset.xlsx"),
        _event_export(
            company, folder / "tapahtumat-talvi.csv", [row for row in events if row[2] < SECOND_CUT]
        ),
        _event_export(
            company, folder / "tapahtumat-kevat.csv", [row for row in events if row[2] >= FIRST_CUT]
        ),
        _webropol(company, folder / "asiakaskysely.xlsx"),
        _zendesk(company, folder / "tukipyynnot.csv"),
        _lines(company, folder / "tilausrivit.csv"),
    ]


def _orders(company: Company, path: Path) -> Path:
    header = [
        "Tilausnumero", "Asiakasnumero", "Sähköposti", "Tilausaika", "Summa", "Tila", "Luvattu toimitus", "Toimitettu",
    ]  # fmt: skip
    rows = [
        [
            order.number,
            order.customer,
            order.email,
            finnish(order.at),
            euros(order.value),
            order.state,
            finnish_day(order.promised),
            finnish(order.delivered),
        ]
        for order in company.orders
    ]
    return _sheet(path, [header, *rows])


def _event_export(company: Company, path: Path, events: Sequence[tuple[str, str, datetime, str]]) -> Path:
    """Windows-1252 with semicolons, the newest first. The shop's own log knows customers by their number only."""
    rows = [
        [company.numbers[email], event, finnish(at), channel]
        for email, event, at, channel in reversed(events)
    ]
    return _csv(path, [["Asiakasnumero", "Tapahtuma", "Aika", "Kanava"], *rows], ";", "windows-1252")


def _webropol(company: Company, path: Path) -> Path:
    header = [
        "Vastausaika",
        "Vastaajan sähköposti",
        "Tilausnumero",
        "1. Kuinka tyytyväinen olit tilaukseesi (1–5)?",
        "2. Mitä haluaisit sanoa meille?",
    ]
    rows = [[finnish(at), email, order, score, text] for at, email, order, score, text in company.answers]
    return _sheet(
        path, [["Asiakastyytyväisyys, kaikki vastaukset"], ["Raportti haettu 5.9.2018"], [], header, *rows]
    )


def _zendesk(company: Company, path: Path) -> Path:
    header = [
        "Id", "Requester", "Requester email", "Subject", "Status", "Priority", "Via", "Created at", "Updated at",
        "Group", "Contact reason [list]",
    ]  # fmt: skip
    rows = [
        [
            ticket,
            "",
            email,
            subject,
            "Solved",
            "Normal",
            "Mail",
            iso(at),
            iso(at + timedelta(days=1)),
            "Tuki",
            reason,
        ]
        for ticket, email, at, reason, subject in company.tickets
    ]
    return _csv(path, [header, *rows], ",", "utf-8")


def _lines(company: Company, path: Path) -> Path:
    known = {order.number: order for order in company.orders}
    rows = [
        [number, known[number].email, finnish(known[number].at), product, euros(price)]
        for number, product, price in company.lines
        if number in known
    ]
    return _csv(
        path, [["Tilausnumero", "Sähköposti", "Tilausaika", "Tuote", "Rivisumma"], *rows], ";", "utf-8-sig"
    )


# ---- clean ------------------------------------------------------------------------------------------------------


def write_clean(company: Company, folder: Path) -> dict[str, Path]:
    """The same, each thing once, as a program would write it."""
    folder.mkdir()
    orders = [
        [
            order.number,
            order.email,
            iso(order.at),
            "" if order.value is None else f"{order.value:.2f}",
            order.state,
            f"{order.promised:%Y-%m-%d}" if order.promised else "",
            iso(order.delivered),
        ]
        for order in company.orders
    ]
    files = {
        "orders": [["order", "person", "time", "value", "status", "promised", "delivered"], *orders],
        "events": [
            ["person", "event", "time", "channel"],
            *[[email, event, iso(at), channel] for email, event, at, channel in company.events],
        ],
        "scores": [
            ["time", "person", "order", "score", "comment"],
            *[[iso(at), email, order, score, text] for at, email, order, score, text in company.answers],
        ],
        "contacts": [
            ["id", "person", "time", "reason", "text", "channel"],
            *[
                [ticket, email, iso(at), reason, text, "Mail"]
                for ticket, email, at, reason, text in company.tickets
            ],
        ],
    }
    return {name: _csv(folder / f"{name}.csv", rows, ",", "utf-8") for name, rows in files.items()}


# ---- writing ----------------------------------------------------------------------------------------------------


def finnish(moment: datetime | None) -> str:
    """`1.3.2024 klo 9.05`"""
    return f"{moment.day}.{moment.month}.{moment.year} klo {moment.hour}.{moment.minute:02}" if moment else ""


def finnish_day(moment: datetime | None) -> str:
    return f"{moment.day}.{moment.month}.{moment.year}" if moment else ""


def iso(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def euros(value: float | None) -> str:
    """`1 234,50 €`"""
    return f"{value:,.2f} €".replace(",", " ").replace(".", ",") if value is not None else ""


def _minute(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(second=0)


def _moment(text: str) -> datetime | None:
    return _minute(text) if text else None


def _rows(data: Path, name: str) -> Iterable[dict[str, str]]:
    with gzip.open(data / f"olist/{name}.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def _csv(path: Path, rows: Iterable[Sequence[object]], delimiter: str, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(rows)
    return path


def _sheet(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Taulukko1")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell != "":
                sheet.write_string(number, column, unicodedata.normalize("NFC", str(cell)))
    book.close()
    return path
