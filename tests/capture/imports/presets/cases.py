"""What each fixture of the presets holds: told by hand, not read back from the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Import:
    """One import: its kind, and its rows (signals, orders, people) that are taken, rejected and left out."""

    kind: str
    accepted: int
    rejected: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Case:
    """A fixture. `asked` are the questions that must be answered first (`about:column`) with the answers; `names`
    are the names of signals with how many there are, `orders` the orders with value and state as the store has them,
    `people` how many people there are in the end, nameless buyers included."""

    file: str
    imports: tuple[Import, ...]
    people: int
    names: dict[str, int] = field(default_factory=dict)
    orders: dict[str, tuple[float | None, str | None]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    times: tuple[str, ...] = ()

    @property
    def preset(self) -> str:
        return self.file.partition("/")[0]

    @property
    def path(self) -> Path:
        return FOLDER / self.file


CASES = (
    Case(
        "woocommerce/import_export_suite.csv",
        (Import("orders", 3), Import("events", 5), Import("people", 3)),
        people=2,
        names={"Order Completed": 3, "Order Paid": 2},
        orders={"901": (120.5, "completed"), "902": (19.9, "on-hold"), "903": (45.0, "processing")},
        times=("2024-02-28 21:10:00", "2024-02-29 07:31:00"),
    ),
    Case(
        "woocommerce/advanced_order_export.csv",
        (Import("orders", 3), Import("people", 3)),
        people=2,
        orders={"77": (1034.5, "Valmis"), "78": (15.0, "Peruttu")},
    ),
    Case(
        "woocommerce/report.csv",
        (Import("orders", 2),),
        people=2,
        orders={"1001": (1250.0, "refunded"), "1002": (39.0, "completed")},
    ),
    Case(
        "shopify/orders.csv",
        (Import("orders", 5), Import("events", 11), Import("people", 4, left_out=1)),
        people=3,
        names={"Order Completed": 4, "Order Paid": 3, "Order Shipped": 2, "Order Cancelled": 1},
        orders={
            "#1001": (94.9, "paid"),
            "#1002": (64.9, "refunded"),
            "#1003": (12.0, "voided"),
            "#1004": (35.9, "paid"),
        },
        times=("2024-03-01 07:05:00", "2024-03-05 16:20:11"),
    ),
    Case(
        "mycashflow/orders.csv",
        (Import("orders", 3), Import("events", 6), Import("people", 3)),
        people=2,
        names={"Order Completed": 3, "Order Paid": 2, "Order Shipped": 1},
        orders={
            "2024011": (1234.5, "Toimitettu"),
            "2024012": (49.9, "Peruutettu"),
            "2024013": (15.0, "Käsittelyssä"),
        },
        times=("2024-03-01 07:05:00", "2024-03-03 05:46:00"),
    ),
    Case(
        "magento/orders.csv",
        (Import("orders", 3), Import("people", 3)),
        people=2,
        orders={
            "000000101": (19.9, "complete"),
            "000000102": (1210.0, "canceled"),
            "000000103": (74.9, "processing"),
        },
    ),
    Case(
        "ga4/events.csv",
        (Import("events", 5),),
        people=2,
        names={"page_view": 3, "add_to_cart": 1, "purchase": 1},
        orders={"901": (None, None)},  # named by an event; the shop's own file will tell the rest
        times=("2024-03-01 07:05:02.000001", "2024-03-02 06:46:40"),
    ),
    Case(
        "matomo/visits.csv",
        (Import("events", 6),),
        people=2,
        names={"action": 3, "goal": 1, "ecommerceOrder": 1, "search": 1},
        orders={"901": (None, None)},
        times=("2024-03-01 07:05:00", "2024-03-03 09:00:30"),
    ),
    *(
        Case(
            f"webropol/{name}",
            (
                Import("scores", 4),  # one is only a comment
                Import("scores", 4),
                Import("scores", 3, left_out=1),
            ),
            people=4,
            names={"nps": 4, "csat": 7},
            times=("2024-03-15 07:05:00", "2024-03-17 19:15:00"),
        )
        for name in ("answers.csv", "answers.xlsx")
    ),
    Case(
        "surveymonkey/answers.csv",
        (
            Import("scores", 2, left_out=1),
            Import("scores", 3),
            Import("scores", 3),
            Import("scores", 3),  # one is only a comment
            Import("people", 1, left_out=2),
        ),
        people=3,
        names={"nps": 2, "csat": 9},
        times=("2024-03-15 07:05:12", "2024-03-17 18:02:00"),
    ),
    Case(
        "typeform/answers.csv",
        (Import("scores", 3, left_out=1), Import("people", 2, left_out=2)),
        people=3,
        names={"nps": 3},
        times=("2024-03-15 07:00:00", "2024-03-17 07:00:00"),
    ),
    Case(
        "google_forms/vastaukset.csv",
        (Import("scores", 4),),
        people=4,
        names={"csat": 4},
        asked={"scale:Kuinka tyytyväinen olit käyntiisi?": "csat 1-5"},
        times=("2024-03-15 07:05:12", "2024-03-17 09:11:11"),
    ),
    Case(
        "google_forms/anonymous.csv",
        (Import("scores", 2),),
        people=2,
        names={"nps": 2},
        times=("2024-03-15 07:05:12", "2024-03-15 19:06:00"),
    ),
    Case(
        "zendesk/tickets.csv",
        (Import("contacts", 3), Import("events", 2)),
        people=2,
        names={"Toimitus myöhässä": 1, "Palautus": 1, "Lasku": 1, "Ticket Solved": 2},
        times=("2024-03-10 07:05:00", "2024-03-13 07:00:00"),
    ),
    Case(
        "freshdesk/tickets.csv",
        (Import("contacts", 2, rejected=1), Import("events", 2, rejected=1), Import("people", 2, left_out=1)),
        people=2,
        names={"Toimitus": 1, "Tuote": 1, "Ticket Solved": 1, "Ticket Closed": 1},
        times=("2024-03-10 07:05:00", "2024-03-13 10:00:00"),
    ),
    Case(
        "hubspot/contacts.csv",
        (Import("people", 2, left_out=1), Import("events", 3, left_out=1)),
        people=2,
        names={"Contact Created": 2, "Became Customer": 1},
        times=("2024-01-02 08:00:00", "2024-02-01 10:00:00"),
    ),
)
