"""The pictures of the page, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.decide.customers.words import days_between, times_between
from polku.site.charts.scales import Scale
from polku.site.charts.series import Ground, Point, Series, bars
from polku.site.charts.svg import element, join, line, path, picture, rectangle, text, titled
from polku.site.formats import Reader

WIDE, NARROW = 900, 340
_HEIGHT = 260

Row = Mapping[str, Any]


def heat(clv: Row, reader: Reader, *, width: int, money: bool) -> SafeString:
    """How often against how lately: a field for each, darker the more customers; the number in it is how many."""
    rows, columns = clv["rhythm"]["rows"], clv["rhythm"]["columns"]
    cells = {(cell["row"], cell["column"]): cell for cell in clv["cells"]}
    most = max((cell["customers"] for cell in cells.values()), default=1)
    is_narrow = width < 500
    left, top, high = (62.0, 44.0, 40.0) if is_narrow else (150.0, 30.0, 44.0)
    wide = (width - left) / len(columns)
    parts: list[str] = []
    for place, column in enumerate(columns):
        words = days_between(*column)
        middle = left + (place + 0.5) * wide
        if is_narrow:
            # Where a field is narrow its last day stands alone, and the line above says what of.
            words = f"≤ {column[1]}" if column[1] is not None else f"> {column[0] - 1}"
        parts.append(text(middle, top - 10, words, anchor="middle"))
    if is_narrow:
        parts.append(text(0, 14, _("purchases down, days since the last one across")))
    for number, row in enumerate(rows):
        y = top + (len(rows) - 1 - number) * high
        words = times_between(*row)
        if is_narrow:
            words = (
                f"{row[0]}+" if row[1] is None else f"{row[0]}" if row[0] == row[1] else f"{row[0]}–{row[1]}"
            )
        parts.append(text(left - 10, y + high / 2 + 4, words, anchor="end"))
        for place, column in enumerate(columns):
            cell = cells.get((number, place))
            parts.append(
                rectangle(left + place * wide + 1, y + 1, wide - 2, high - 2, class_="heat-ground", radius=2)
            )
            if cell is None:
                continue
            count = cell["customers"]
            fill = element(
                "rect",
                class_="chart-heat",
                x=left + place * wide + 1,
                y=y + 1,
                width=wide - 2,
                height=high - 2,
                rx=2,
                opacity=round(0.06 + 0.84 * (count / most) ** 0.5, 3),
            )
            is_dark = (count / most) ** 0.5 > 0.45
            label = text(
                left + (place + 0.5) * wide,
                y + high / 2 + 4,
                reader.number(count),
                class_="heat-number is-dark" if is_dark else "heat-number",
                anchor="middle",
            )
            parts.append(titled(join(fill, label), _cell_words(cell, row, column, reader, money)))
    return picture(width, top + high * len(rows) + 4, *parts, class_="heat")


def _cell_words(cell: Row, row: Sequence[Any], column: Sequence[Any], reader: Reader, money: bool) -> str:
    said = _("%(times)s, last %(days)s: %(count)s customers") % {
        "times": times_between(*row),
        "days": days_between(*column),
        "count": reader.number(cell["customers"]),
    }
    if money and cell["value"] is not None:
        said += ", " + _("expected %(sum)s each") % {"sum": reader.price(cell["value"])}
    return said


def tenths(clv: Row, reader: Reader, *, width: int) -> SafeString:
    """What each tenth of the customers is expected to bring of the whole."""
    rows = [row for row in clv["tenths"] if row["share"] is not None]
    ground = Ground(
        [reader.number(place + 1) for place in range(len(rows))],
        width=width,
        height=_HEIGHT,
        low=0,
        high=max((row["share"] for row in rows), default=1),
        write=lambda value: reader.percent(value),
    )
    points = [
        Point(
            row["share"],
            _("%(share)s of the value; %(low)s–%(high)s each")
            % {
                "share": reader.percent(row["share"]),
                "low": reader.price(row["from"]),
                "high": reader.price(row["to"]),
            },
        )
        for row in rows
    ]
    return ground.drawn(bars(ground, Series("", points)))


def alive(clv: Row, reader: Reader, *, width: int) -> SafeString:
    """How many of those who bought again are customers still with what probability."""
    rows = clv["alive_tenths"]
    ground = Ground(
        [f"{reader.number(row['from'] * 100)}–{reader.percent(row['to'])}" for row in rows],
        width=width,
        height=_HEIGHT,
        low=0,
        high=max((row["customers"] for row in rows), default=1),
        write=lambda value: reader.number(value),
    )
    points = [
        Point(row["customers"], _("%(count)s customers") % {"count": reader.number(row["customers"])})
        for row in rows
    ]
    return ground.drawn(bars(ground, Series("", points)))


def hold_out(check: Row, reader: Reader, *, width: int) -> SafeString:
    """Purchases a customer foretold (line) beside those that happened (dots), by purchases before."""
    rows = check["rows"]
    told = [row["predicted"] / row["customers"] for row in rows]
    happened = [row["actual"] / row["customers"] for row in rows]
    ground = Ground(
        [row["purchases"] for row in rows],
        width=width,
        height=_HEIGHT,
        low=0,
        high=max([*told, *happened, 0.1]),
        write=lambda value: reader.number(value, 1),
    )
    lines = [
        path([(ground.x(place), ground.y(value)) for place, value in enumerate(values)], class_=class_)
        for values, class_ in ((told, "chart-line series-2 is-open"), (happened, "chart-line series-1"))
    ]
    dots = []
    for place, row in enumerate(rows):
        words = _("%(count)s customers: foretold %(told)s, happened %(happened)s") % {
            "count": reader.number(row["customers"]),
            "told": reader.number(row["predicted"]),
            "happened": reader.number(row["actual"]),
        }
        for value, class_ in ((told[place], "series-2"), (happened[place], "series-1")):
            dot = element("circle", class_=f"chart-dot {class_}", cx=ground.x(place), cy=ground.y(value), r=4)
            dots.append(titled(dot, words))
    return ground.drawn(*lines, *dots)


def survival(tenure: Row, reader: Reader, *, width: int) -> SafeString:
    """The share that stayed so long (steps), with its interval."""
    curve = tenure["curve"]
    height, left, right, foot, top = _HEIGHT, 46.0, width - 10.0, _HEIGHT - 40.0, 14.0
    longest = max(curve[-1]["months"], 1)
    x, y = Scale(0, longest, left, right), Scale(0, 1, foot, top)
    parts: list[str] = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            line(left, y(share), right, y(share), class_="chart-zero" if share == 0 else "chart-rule")
        )
        parts.append(text(left - 8, y(share) + 4, reader.percent(share), anchor="end"))
    step = next((each for each in (1, 3, 6, 12, 24, 60, 120) if longest / each <= 8), 240)
    for months in range(0, int(longest) + 1, step):
        parts.append(text(x(months), foot + 18, reader.number(months), anchor="middle"))
    parts.append(text(right, height - 4, _("months as a customer"), anchor="end"))
    steps: dict[str, list[tuple[float, float]]] = {"value": [], "low": [], "high": []}
    before: dict[str, float] = {}
    for point in curve:
        values = {"value": point["value"], "low": point["ci"][0], "high": point["ci"][1]}
        for name, value in values.items():
            if name in before:
                steps[name].append((x(point["months"]), y(before[name])))
            steps[name].append((x(point["months"]), y(value)))
        before = values
    parts.append(path(steps["high"] + steps["low"][::-1], class_="chart-band series-1", closed=True))
    parts.append(path(steps["value"], class_="chart-line series-1"))
    for row in tenure["survival"]:
        if row["value"] is None:
            continue
        words = _("%(months)s months: %(share)s stayed, probably %(interval)s") % {
            "months": reader.number(row["months"]),
            "share": reader.percent(row["value"], 1),
            "interval": reader.percent_interval(row["ci"], 1),
        }
        dot = element("circle", class_="chart-dot series-1", cx=x(row["months"]), cy=y(row["value"]), r=4)
        parts.append(titled(dot, words))
    return picture(width, height, *parts)
