"""Writes what follows an order, a visit to the loyalty desk, a contact and a question answered."""

from __future__ import annotations

from typing import Any

import numpy as np

from polku.simulation.answering import SCALES, Answers
from polku.simulation.catalogue import SITE, STORES
from polku.simulation.contacting import CONTACT_CHANNELS, REASONS, Contacts
from polku.simulation.fulfilment import HOME, LOCKER, STORE_PICKUP, Counter, Orders
from polku.simulation.population import COMPUTER, WEB_CHANNEL, Identity, Numbers, Population, Texts
from polku.simulation.rows import Rows
from polku.simulation.schema import Kind
from polku.simulation.streams import stream
from polku.simulation.website import DIRECTLY, FROM_MONTHLY, FROM_TRACKING

_STORE = np.array([f'"store":"{store}"' for store in STORES], dtype=object)
_SERVICE_EVENT = np.array(["support_call", "support_chat", "support_email"], dtype=object)


def write_orders(rows: Rows, seed: int, orders: Orders, people: Population) -> None:
    """Warehouse, messages, delivery or pick-up, return and the e-mail a month later."""
    rng = orders.draws(seed, "after purchase")
    live = ~orders.cancelled

    def write(flags: Any, name: str, time: Any, **columns: Any) -> None:
        at = np.flatnonzero(flags)
        given = {key: value[at] if isinstance(value, np.ndarray) else value for key, value in columns.items()}
        rows.add(
            time=time[at], name=name, mission=orders.trip[at], person=orders.person[at], order=at, **given
        )

    write(orders.cancelled, "order_cancelled", orders.cancel_time, channel="web")
    write(live, "warehouse_picked", orders.packed_time - 1500)
    write(live, "warehouse_packed", orders.packed_time)
    by_mail: dict[str, Any] = {"identity": Identity.EMAIL, "channel": "email"}
    write(live, "tracking_email_sent", orders.tracking_time, **by_mail)
    write(orders.tracked, "tracking_email_opened", orders.opened_time, **by_mail)
    looked = orders.tracked & (rng.random(len(orders)) < 0.4)
    device = np.where(
        people.has_computer[orders.person] & (rng.random(len(orders)) < 0.35),
        COMPUTER,
        people.device[orders.person],
    )
    web: dict[str, Any] = {
        "identity": device + 1,
        "channel": WEB_CHANNEL[device],
        "about": people.about(orders.person, device),
    }
    write(looked, "tracking_page", orders.opened_time + 30, url=f"{SITE}/seuranta", more=FROM_TRACKING, **web)
    store = _STORE[people.store[orders.person]]
    write(
        live & (orders.method == STORE_PICKUP), "order_picked_up", orders.fetched, channel="store", more=store
    )
    write(live & (orders.method == LOCKER), "parcel_picked_up", orders.fetched, channel="delivery")
    write(live & (orders.method == HOME), "parcel_delivered", orders.arrives, channel="delivery")

    page = f"{SITE}/palautukset"
    web["more"] = DIRECTLY
    write(orders.looked_at_returns, "returns_page", orders.returns_time, url=page, **web)
    again = orders.looked_at_returns & (rng.random(len(orders)) < np.where(orders.confused, 0.8, 0.15))
    write(again, "returns_page", orders.returns_time + rng.uniform(120, 4000, len(orders)), url=page, **web)
    write(orders.returned, "return_started", orders.return_started, url=f"{page}/lomake", **web)
    write(orders.returned, "return_posted", orders.return_sent, channel="post")
    write(orders.returned, "return_received", orders.return_received)

    mailed = live & ~orders.returned & (orders.fetched < orders.month_sent) & (rng.random(len(orders)) < 0.93)
    write(mailed | orders.asked_later, "month_email_sent", orders.month_sent, **by_mail)
    write(orders.asked_later, "month_email_opened", orders.month_opened, **by_mail)
    clicked = orders.asked_later & (rng.random(len(orders)) < 0.2)
    write(
        clicked,
        "month_email_clicked",
        orders.month_opened + 45,
        url=f"{SITE}/?utm_source=kuukausi&utm_medium=email",
        more=FROM_MONTHLY,
        **by_mail,
    )


def write_counter(rows: Rows, counter: Counter) -> None:
    """Visits to the loyalty desk."""
    rows.add(
        time=counter.time,
        name="loyalty_desk",
        mission=counter.trip,
        person=counter.person,
        identity=Identity.CARD,
        channel="store",
        more=_STORE[counter.store],
    )


def write_contacts(rows: Rows, seed: int, contacts: Contacts, texts: Texts) -> None:
    """The contact as the help desk has it, and the call, chat or message it came by."""
    rng = stream(seed, "help desk")
    reached: dict[str, Any] = {
        "mission": contacts.trip,
        "person": contacts.person,
        # Calls are looked up by customer number, the rest comes by e-mail address.
        "identity": np.where(contacts.channel == 0, Identity.CUSTOMER, Identity.EMAIL),
        "channel": CONTACT_CHANNELS[contacts.channel],
        "order": contacts.order,
    }
    names = np.array(REASONS, dtype=object)[contacts.reason]
    rows.add(time=contacts.time, kind=Kind.CONTACT, name=names, text=texts, **reached)
    answered = rng.uniform(20, 400, len(contacts))
    rows.add(time=contacts.time + answered, name=_SERVICE_EVENT[contacts.channel], **reached)


def write_answers(rows: Rows, answers: Answers, texts: Texts, people: Population) -> None:
    """Answers to one question, with its name, and the tablet where there was one."""
    low, high = SCALES[answers.metric]
    more = np.full(len(answers), f'"survey":"{answers.survey}"', dtype=object)
    in_store = np.flatnonzero(answers.store >= 0)
    more[in_store] = [
        f'"survey":"{answers.survey}","store":"{STORES[store]}","device":"tabletti-{STORES[store].lower()}-{_tablet(answers)}"'
        for store in answers.store[in_store].tolist()
    ]
    channel: Any = answers.channel
    about: Any = None
    if channel == "web":
        device: Numbers = answers.identity - 1
        channel, about = WEB_CHANNEL[device], people.about(answers.person, device)
    rows.add(
        time=answers.time,
        kind=Kind.SCORE,
        name=answers.metric,
        mission=answers.trip,
        person=answers.person,
        identity=answers.identity,
        order=answers.order,
        channel=channel,
        score=answers.score,
        scale_low=low,
        scale_high=high,
        text=texts,
        about=about,
        more=more,
    )


def _tablet(answers: Answers) -> int:
    """Tablet 1 stands by the advice desk, tablet 2 by the loyalty desk."""
    return 2 if answers.survey == "kanta-asiakastiski" else 1
