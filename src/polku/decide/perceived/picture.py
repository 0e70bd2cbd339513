"""Perceived value in pictures: what is got above the line and what is given up below it; groups; in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.decide.perceived.words import dimension_name
from polku.site.charts.scales import Scale, ticks
from polku.site.charts.series import Ground, Point, Series, lines
from polku.site.charts.svg import element, join, line, picture, rectangle, shortened, text, titled
from polku.site.formats import Reader

Figure = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]
_FULL = 10.0
_SMALL = 30
"""Figures of fewer are drawn hollow."""


def draw_dimensions(rows: Rows, reader: Reader, width: int) -> SafeString:
    """Four pairs of bars, the net on them as a dot with its interval, and the weights; upright where there is room."""
    return _lying(rows, reader, width) if width < 600 else _upright(rows, reader, width)


def _upright(rows: Rows, reader: Reader, width: int) -> SafeString:
    height, left, top, foot = 470.0, 96.0, 44.0, 366.0
    y = Scale(-_FULL, _FULL, foot, top)
    slot = (width - left - 12) / len(rows)
    parts = [
        *(line(left, y(step), width - 12, y(step)) for step in (-10, -5, 5, 10)),
        line(left, y(0), width - 12, y(0), class_="chart-zero"),
        *(
            text(left - 10, y(step) + 4, reader.number(abs(step)), anchor="end")
            for step in (-10, -5, 0, 5, 10)
        ),
        text(0, y(7.5) + 4, _("benefit"), class_="chart-name value-benefit-name"),
        text(0, y(-7.5) + 4, _("sacrifice"), class_="chart-name value-sacrifice-name"),
        text(0, foot + 36, _("stated weight")),
        text(0, foot + 60, _("derived weight")),
        text(0, foot + 92, _("points of index"), class_="chart-name"),
    ]
    for place, row in enumerate(rows):
        middle = left + (place + 0.42) * slot  # its net stands right of it
        bar = min(96.0, slot * 0.5)
        start = middle - bar / 2
        gets, gives, net = row["benefit"]["value"], row["sacrifice"]["value"], row["net"]["value"]
        parts += [
            text(middle, 20, dimension_name(row["name"]), class_="chart-strong", anchor="middle"),
            titled(
                rectangle(start, y(gets), bar, y(0) - y(gets), class_="value-benefit", radius=1),
                _hint(_("benefit"), row["benefit"], reader),
            ),
            titled(
                rectangle(start, y(0), bar, y(-gives) - y(0), class_="value-sacrifice", radius=1),
                _hint(_("sacrifice"), row["sacrifice"], reader),
            ),
            text(middle, y(gets) - 6, reader.number(gets, 1), anchor="middle"),
            text(middle, y(-gives) + 15, reader.number(gives, 1), anchor="middle"),
            *_net_upright(row["net"], middle, bar, y, reader),
            text(
                middle + bar / 2 + 12,
                y(net) + 4,
                _("net %(net)s") % {"net": reader.number(net, 1, signed=True)},
                class_="chart-strong value-net-name",
            ),
            *_weight(row["weight"], start, foot + 26, bar, "value-stated", reader),
            *_weight(row["derived_weight"], start, foot + 50, bar, "value-derived", reader),
            text(
                middle,
                foot + 92,
                reader.number(row["contribution"]["value"], 1, signed=True),
                class_="chart-figure",
                anchor="middle",
            ),
        ]
    return picture(width, height, *parts, class_="value-chart")


def _net_upright(net: Figure, middle: float, bar: float, y: Scale, reader: Reader) -> list[SafeString]:
    low, high = net["ci"] or (net["value"], net["value"])
    at = middle + bar / 2
    drawn = join(
        line(middle - bar / 2, y(net["value"]), at + 6, y(net["value"]), class_="value-net"),
        line(at, y(low), at, y(high), class_="value-net"),
        element("circle", class_="value-net-dot", cx=at, cy=y(net["value"]), r=4.5),
    )
    return [titled(drawn, _hint(_("net"), net, reader))]


def _weight(
    weight: Figure | None, left: float, top: float, width: float, class_: str, reader: Reader
) -> list[SafeString]:
    if weight is None:
        return [text(left + width / 2, top + 11, "–", anchor="middle")]
    return [
        rectangle(left, top, width, 12, class_="bar-track"),
        titled(
            rectangle(left, top, width * weight["value"], 12, class_=class_),
            _percent_hint(weight, reader),
        ),
        text(left + width + 8, top + 11, reader.percent(weight["value"])),
    ]


def _lying(rows: Rows, reader: Reader, width: int) -> SafeString:
    each = 112.0
    height = each * len(rows) + 26
    x = Scale(-_FULL, _FULL, 8.0, width - 8.0)
    parts = [
        text(x(0) - 8, 14, _("← sacrifice"), class_="chart-name value-sacrifice-name", anchor="end"),
        text(x(0) + 8, 14, _("benefit →"), class_="chart-name value-benefit-name"),
    ]
    for place, row in enumerate(rows):
        top = 26 + place * each
        gets, gives, net = row["benefit"]["value"], row["sacrifice"]["value"], row["net"]["value"]
        low, high = row["net"]["ci"] or (net, net)
        bar = top + 26
        stated, derived = row["weight"], row["derived_weight"]
        words = _("stated weight %(stated)s · derived %(derived)s") % {
            "stated": reader.percent(stated["value"]),
            "derived": reader.percent(derived["value"]) if derived else "–",
        }
        parts += [
            line(8, top, width - 8, top),
            text(8, top + 18, dimension_name(row["name"]), class_="chart-strong"),
            text(
                width - 8,
                top + 18,
                _("net %(net)s") % {"net": reader.number(net, 1, signed=True)},
                class_="chart-strong",
                anchor="end",
            ),
            rectangle(x(0), bar, x(gets) - x(0), 24, class_="value-benefit"),
            rectangle(x(-gives), bar, x(0) - x(-gives), 24, class_="value-sacrifice"),
            text(x(gets) - 6, bar + 17, reader.number(gets, 1), class_="value-in-bar", anchor="end"),
            text(x(-gives) + 6, bar + 17, reader.number(gives, 1), class_="value-in-bar"),
            line(x(low), bar + 31, x(high), bar + 31, class_="value-net"),
            element("circle", class_="value-net-dot", cx=x(net), cy=bar + 31, r=4.5),
            line(x(0), bar - 3, x(0), bar + 36, class_="chart-zero"),
            text(8, bar + 56, words),
            text(
                width - 8,
                bar + 56,
                _("%(points)s points")
                % {"points": reader.number(row["contribution"]["value"], 1, signed=True)},
                anchor="end",
            ),
        ]
    return picture(width, height, *parts, class_="value-chart")


def draw_groups(groups: Rows, whole: Figure, reader: Reader, width: int) -> SafeString:
    """Each group's index as a dot with its interval, one below another; a rule where all together are."""
    names = 200.0 if width >= 600 else 0.0
    each = 34.0 if names else 48.0
    height = each * len(groups) + 40
    ends = [end for row in [*groups, whole] for end in (row["ci"] or [row["index"]])]
    steps = ticks(min(0.0, *ends), max(0.0, *ends))
    x = Scale(steps[0], steps[-1], names + 12, width - 44.0)
    parts = [
        *(
            line(x(step), 4, x(step), height - 26, class_="chart-zero" if step == 0 else "chart-rule")
            for step in steps
        ),
        *(text(x(step), height - 8, reader.number(step), anchor="middle") for step in steps),
        line(x(whole["index"]), 4, x(whole["index"]), height - 26, class_="chart-note"),
    ]
    for place, row in enumerate(groups):
        at = place * each + (22 if names else 34)
        low, high = row["ci"] or (row["index"], row["index"])
        dot = element(
            "circle",
            class_="value-group-dot" + (" is-small" if row["n"] < _SMALL else ""),
            cx=x(row["index"]),
            cy=at,
            r=5,
        )
        words = shortened(f"{row['key']} (n {reader.number(row['n'])})", names - 8 if names else width - 30)
        parts += [
            text(
                names if names else 8,
                at + 4 if names else at - 14,
                words,
                class_="chart-name",
                anchor="end" if names else "start",
            ),
            titled(
                join(line(x(low), at, x(high), at, class_="value-group"), dot),
                f"{row['key']}: {reader.number(row['index'], signed=True)} ({reader.interval((low, high))})",
            ),
            text(
                max(x(high), x(row["index"])) + 9,
                at + 4,
                reader.number(row["index"], signed=True),
                class_="chart-strong",
            ),
        ]
    return picture(width, height, *parts, class_="value-groups")


def draw_trend(points: Rows, reader: Reader, width: int) -> SafeString:
    """The index month after month with its band; a month that is not over is hollow."""
    names = [reader.day(dt.date.fromisoformat(row["start"]), year=width >= 600) for row in points]
    shown = [
        Point(
            row["index"],
            hint=f"{name}: {reader.number(row['index'], signed=True)}"
            + (f" ({reader.interval(row['ci'])})" if row["ci"] else "")
            + f", n {reader.number(row['n'])}",
            low=row["ci"][0] if row["ci"] else None,
            high=row["ci"][1] if row["ci"] else None,
            complete=row["complete"],
        )
        for name, row in zip(names, points, strict=True)
    ]
    ends = [end for point in shown for end in (point.low, point.high, point.value) if end is not None]
    ground = Ground(
        names,
        width=width,
        height=240,
        low=min(0.0, *ends),
        high=max(0.0, *ends),
        write=lambda value: reader.number(value),
    )
    return ground.drawn(lines(ground, [Series(_("Perceived value"), shown)]))


def _hint(name: str, figure: Figure, reader: Reader) -> str:
    value = reader.number(figure["value"], 1)
    if not figure["ci"]:
        return f"{name} {value}"
    return _("%(name)s %(value)s (probably %(interval)s)") % {
        "name": name,
        "value": value,
        "interval": reader.interval(figure["ci"], 1),
    }


def _percent_hint(weight: Figure, reader: Reader) -> str:
    value = reader.percent(weight["value"])
    if not weight["ci"]:
        return value
    return _("%(value)s (probably %(interval)s)") % {
        "value": value,
        "interval": reader.percent_interval(weight["ci"]),
    }
