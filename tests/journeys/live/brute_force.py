"""The lanes of the map once more, by the words of FORMULAS and nothing else: plain loops over plain dictionaries.

Shares no code with the product: no NumPy, no `polku.statistics`. Slow on purpose.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scipy import stats

HOUR = 3_600_000_000
DAY = 24 * HOUR
Z = 1.959963984540054
EVENT, SCORE, CONTACT, ORDER = 1, 2, 3, 4
FEELING = [["smiley"], ["csat"], ["nps", "recommend"], ["ces"]]


@dataclass
class Point:
    id: int
    stage: int
    binds: list[tuple[int, str]]  # (kind, name); a name of "" is any
    backstage: bool = False

    @property
    def by_visit(self) -> bool:
        return any(kind in (EVENT, ORDER) for kind, _ in self.binds)

    def takes(self, signal: dict) -> bool:
        return any(kind == signal["kind"] and name in ("", signal["name"]) for kind, name in self.binds)


@dataclass
class World:
    points: list[Point]
    signals: list[dict]  # in order of arrival: person, time, kind, name, score, low, high, order, channel
    orders: list[dict]  # id, person, time, value, status, promised, delivered
    window_days: int = 3
    timezone: str = "Europe/Helsinki"
    cancelled: list[str] = field(default_factory=lambda: ["canceled"])

    @property
    def all_signals(self) -> list[dict]:
        """With the orders, which are signals too, as they come from the store: after the others."""
        bought = [
            {
                "person": order["person"],
                "time": order["time"],
                "kind": ORDER,
                "name": order["status"],
                "score": None,
                "low": None,
                "high": None,
                "order": order["id"],
                "channel": order.get("channel"),
            }
            for order in self.orders
        ]
        return [{**signal, "arrival": n} for n, signal in enumerate(self.signals + bought)]

    @property
    def as_of(self) -> int:
        return max((signal["time"] for signal in self.all_signals), default=0)


def reaches(point: Point, signal: dict) -> bool:
    if point.backstage or not point.takes(signal):
        return False
    return (signal["kind"] in (EVENT, ORDER)) == point.by_visit


def measure(
    world: World,
    start: int | None = None,
    end: int | None = None,
    *,
    as_of: int | None = None,
    people: set | None = None,
    channel: str | None = None,
) -> dict[int, dict]:
    """What the map must show, by touchpoint id (front-stage ones)."""
    as_of = world.as_of if as_of is None else as_of
    window = world.window_days * DAY
    signals = [
        signal
        for signal in world.all_signals
        if signal["time"] <= as_of
        and (people is None or signal["person"] in people)
        and (channel is None or signal["channel"] == channel)
    ]

    def inside(signal: dict) -> bool:
        return (start is None or signal["time"] >= start) and (end is None or signal["time"] < end)

    result = {}
    for point in world.points:
        if point.backstage:
            continue
        here = [signal for signal in signals if inside(signal) and point.takes(signal)]
        first: dict[object, dict] = {}
        for signal in here:
            best = first.get(signal["person"])
            if reaches(point, signal) and (
                best is None or (signal["time"], signal["arrival"]) < (best["time"], best["arrival"])
            ):
                first[signal["person"]] = signal
        result[point.id] = {
            "reached": len(first),
            "continued": _continued(world, point, first, signals, as_of, window),
            **_next(world, point, first, signals),
            "promise": _promise(world, here, as_of),
            "say": _say(here),
            "contact": _contact(point, here, len(first)),
            "buy": _buy(world, point, here, len(first), as_of, window, channel),
        }
        result[point.id]["feel"] = _feel(result[point.id]["say"])
    return result


def kaplan_meier(durations: list[tuple[int, bool]], t: int) -> tuple[float, float]:
    """(survival, standard error) just after t."""
    survival, hazard = 1.0, 0.0
    for time in sorted({d for d, happened in durations if happened and d <= t}):
        at_risk = sum(d >= time for d, _ in durations)
        events = sum(d == time and happened for d, happened in durations)
        survival *= 1 - events / at_risk
        hazard += events / (at_risk * (at_risk - events)) if at_risk > events else 0.0
    return survival, survival * math.sqrt(hazard) if survival > 0 else 0.0


def _continued(world, point, first, signals, as_of, window, horizon=None):
    later_points = [p for p in world.points if p.stage > point.stage and p.binds and not p.backstage]
    if not first or not later_points:
        return None
    durations, censored = [], 0
    for person, reach in first.items():
        times = [
            signal["time"]
            for signal in signals
            if signal["person"] == person
            and signal["time"] >= reach["time"]
            and any(reaches(p, signal) for p in later_points)
        ]
        waited = min(times) - reach["time"] if times else as_of - reach["time"]
        durations.append((waited, bool(times)))
        if not (times and waited <= window) and as_of - reach["time"] < window:
            censored += 1
    survival, error = kaplan_meier(durations, window if horizon is None else horizon)
    low, high = max(0.0, survival - Z * error), min(1.0, survival + Z * error)
    return {
        "value": 1 - survival,
        "ci": [1 - high, 1 - low],
        "n": len(first),
        "censored": censored,
        "error": error,
        "horizon": min(window, max(as_of - reach["time"] for reach in first.values())),
    }


def _next(world, point, first, signals):
    counts: dict[int, int] = {}
    nowhere = 0
    for person, reach in first.items():
        after = [
            (signal["time"], signal["arrival"], place, p.id)
            for signal in signals
            if signal["person"] == person
            and (signal["time"], signal["arrival"]) > (reach["time"], reach["arrival"])
            for place, p in enumerate(world.points)
            if p.id != point.id and not p.backstage and p.takes(signal)
        ]
        if after:
            to = min(after)[3]
            counts[to] = counts.get(to, 0) + 1
        else:
            nowhere += 1
    return {"next": counts, "nowhere": nowhere}


def _promise(world, here, as_of):
    today = datetime.fromtimestamp(as_of // 1_000_000, UTC).astimezone(ZoneInfo(world.timezone)).date()
    carried = {signal["order"] for signal in here if signal["order"] is not None}
    promised = [order for order in world.orders if order["id"] in carried and order["promised"]]
    if not promised:
        return None
    arrived = [order for order in promised if order["delivered"]]
    kept = sum(order["delivered"] <= order["promised"] for order in arrived)
    late = [
        order
        for order in promised
        if not order["delivered"] and order["status"] not in world.cancelled and order["promised"] < today
    ]
    return {"kept": wilson(kept, len(arrived)) if arrived else None, "broken_open": len(late)}


def wilson(k: int, n: int) -> dict:
    p = k / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return {"value": p, "ci": [max(0.0, middle - half), min(1.0, middle + half)], "n": n}


def _say(here):
    groups: dict[tuple, list[float]] = {}
    for signal in here:
        if signal["kind"] == SCORE:
            groups.setdefault((signal["name"], signal["low"], signal["high"]), []).append(signal["score"])
    return {question: score(question, answers) for question, answers in groups.items()}


def score(question, answers):
    """value and ci (None: a bootstrap, checked apart), mean, counts and plain standard error."""
    n, mean = len(answers), sum(answers) / len(answers)
    made = {"n": n, "mean": mean, "counts": {a: answers.count(a) for a in answers}, "ci": None, "value": mean}
    if question == ("nps", 0, 10):
        p, d = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers)
        made["value"] = 100 * (p - d) / n
        ap, ad = (p + 0.75) / (n + 3), (d + 0.75) / (n + 3)
        half = Z * math.sqrt((ap + ad - (ap - ad) ** 2) / (n + 3))
        made["ci"] = [max(-100.0, 100 * (ap - ad - half)), min(100.0, 100 * (ap - ad + half))]
        made["error"] = 100 * math.sqrt(((p + d) / n - ((p - d) / n) ** 2) / n)
    top = {("csat", 1, 5): 4, ("csat", 1, 7): 6, ("ces", 1, 7): 5}.get(question)
    if top:
        share = wilson(sum(a >= top for a in answers), n)
        made.update(value=share["value"], ci=share["ci"])
        made["error"] = math.sqrt(share["value"] * (1 - share["value"]) / n)
    if question == ("smiley", 1, 4):
        made["value"] = sum((a - 1) * 100 / 3 for a in answers) / n
    return made


def _feel(said):
    usable = {q: s for q, s in said.items() if not (q[0] == "ces" and q[1:] != (1, 7))}
    rank = {metric: place for place, metrics in enumerate(FEELING) for metric in metrics}
    enough = [q for q in usable if usable[q]["n"] >= 30]
    if enough:
        best = min(enough, key=lambda q: (rank[q[0]], -usable[q]["n"], q))
    elif usable:
        best = min(usable, key=lambda q: (-usable[q]["n"], rank[q[0]], q))
    else:
        return None
    _, low, high = best
    n = usable[best]["n"]
    mapped = [(a, (a - (low + high) / 2) / ((high - low) / 2)) for a in usable[best]["counts"]]
    return {
        "n": n,
        "source": best[0],
        "value": sum(usable[best]["counts"][a] * x for a, x in mapped) / n,
    }


def _contact(point, here, reached):
    if not reached or not any(kind == CONTACT for kind, _ in point.binds):
        return None
    contacts = [signal["name"] for signal in here if signal["kind"] == CONTACT]
    k = len(contacts)
    return {
        "value": 100 * k / reached,
        "ci": [
            100 * (stats.chi2.ppf(0.025, 2 * k) / 2 if k else 0.0) / reached,
            100 * stats.chi2.ppf(0.975, 2 * k + 2) / 2 / reached,
        ],
        "n": k,
        "reached": reached,
        "reasons": {name: contacts.count(name) for name in contacts},
    }


def _buy(world, point, here, reached, as_of, window, channel):
    valued = [
        order
        for order in world.orders
        if order["value"] is not None
        and order["status"] not in world.cancelled
        and order["time"] <= as_of
        and (channel is None or order.get("channel") == channel)
    ]
    if not reached or not valued:
        return None
    counted = [
        order
        for order in valued
        if any(
            signal["person"] == order["person"]
            and reaches(point, signal)
            and 0 <= order["time"] - signal["time"] <= window
            for signal in here
        )
    ]
    return {
        "value": sum(order["value"] for order in counted),
        "n": len({order["person"] for order in counted}),
        "orders": len(counted),
    }


def small_world(seed: int, *, people: int = 25, days: int = 12, visits: int = 6, answers: int = 4) -> World:
    """A shop with three stages and every awkwardness: ties, two touchpoints in one stage, one event at two
    touchpoints, a touchpoint of answers and contacts only, a backstage one, an unbound one, open windows, orders
    without value, cancelled, late, promised for a day that has passed, and returned to. Every fifth order is
    known only from the signals that carry it."""
    chance = random.Random(seed)
    points = [
        Point(1, 0, [(EVENT, "see")]),
        Point(2, 0, [(EVENT, "search"), (EVENT, "see product"), (SCORE, "smiley")]),
        Point(3, 1, [(EVENT, "see product"), (SCORE, "csat"), (CONTACT, "help")]),
        Point(4, 1, [(EVENT, "pack")], backstage=True),
        Point(5, 1, [(ORDER, ""), (SCORE, "nps"), (SCORE, "ces"), (CONTACT, "payment"), (CONTACT, "card")]),
        Point(6, 2, [(SCORE, "recommend"), (CONTACT, "where is it")]),
        Point(7, 2, [(EVENT, "parcel")]),
        Point(8, 2, []),
    ]
    scales = {"smiley": [(1, 4)], "csat": [(1, 5), (1, 7)], "nps": [(0, 10)]}
    scales |= {"ces": [(1, 7), (1, 5)], "recommend": [(1, 10)]}
    signals, orders = [], []
    origin = 1_709_251_200_000_000  # 2024-03-01; the clock changes at the end of that month

    def moment() -> int:
        return origin + chance.randrange(days * 6) * 4 * HOUR  # a coarse grid, so that many are equal

    for person in range(people):
        mine = []
        for _ in range(chance.randrange(3)):
            bought = moment()
            promised = date(2024, 3, 1) + timedelta(days=chance.randrange(days + 3))
            mine.append(f"order {person}-{len(mine)}")
            orders.append(
                {
                    "id": mine[-1],
                    "person": f"p{person}",
                    "time": bought,
                    "value": chance.choice([None, 10.0, 25.5, 99.9, 0.0]),
                    "status": chance.choice(["paid", "canceled", "delivered"]),
                    "promised": chance.choice([None, promised, promised]),
                    "delivered": chance.choice(
                        [None, promised, promised + timedelta(days=chance.randrange(-2, 3))]
                    ),
                    "channel": chance.choice(["web", "store"]),
                }
            )
        for _ in range(chance.randrange(visits)):
            name = chance.choice(["see", "search", "see product", "pack", "parcel", "noise"])
            signals.append(
                {
                    "kind": EVENT,
                    "name": name,
                    "order": chance.choice(mine) if mine and name == "parcel" else None,
                    **dict.fromkeys(["score", "low", "high"]),
                }
            )
            signals[-1].update(person=f"p{person}", time=moment(), channel=chance.choice(["web", "store"]))
        for _ in range(chance.randrange(answers)):
            if chance.random() < 0.6:
                metric = chance.choice(sorted(scales))
                low, high = chance.choice(scales[metric])
                made = {"kind": SCORE, "name": metric, "low": low, "high": high}
                made["score"] = chance.randint(low, high)
            else:
                made = {"kind": CONTACT, "name": chance.choice(["help", "payment", "card", "where is it"])}
                made |= dict.fromkeys(["score", "low", "high"])
            made |= {"order": chance.choice(mine) if mine and chance.random() < 0.3 else None}
            signals.append(
                {**made, "person": f"p{person}", "time": moment(), "channel": chance.choice(["web", "store"])}
            )
    chance.shuffle(signals)
    return World(points, signals, [order for number, order in enumerate(orders) if number % 5])
