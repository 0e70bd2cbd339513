"""Elements of SVG. Texts and values are escaped; sizes are written short."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Attribute = str | float | int | None


def element(name: str, *children: str, **attributes: Attribute) -> SafeString:
    """`element("rect", class_="bar", x=1, stroke_width=2)`; attributes that are None are left out, `_` becomes `-`.

    `name` and the attributes' names are the program's own, children and values may be anybody's: children that are
    not safe already are escaped.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return _safe(f"<{name}{written}/>")
    return _safe(f"<{name}{written}>{''.join(map(conditional_escape, children))}</{name}>")


def picture(width: float, height: float, *children: str, class_: str = "") -> SafeString:
    """A whole SVG. It is hidden from screen readers: who shows it says the same in words beside it."""
    return element(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"chart {class_}".strip(),
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        aria_hidden="true",
        focusable="false",
    )


def text(x: float, y: float, words: str, *, class_: str = "chart-text", anchor: str = "start") -> SafeString:
    """One line of text, its baseline at `y`."""
    return element("text", words, class_=class_, x=x, y=y, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, *, class_: str = "chart-rule") -> SafeString:
    return element("line", class_=class_, x1=x1, y1=y1, x2=x2, y2=y2)


def rectangle(
    x: float, y: float, width: float, height: float, *, class_: str, radius: float = 0
) -> SafeString:
    """A box; one without a size is drawn with none."""
    return element(
        "rect", class_=class_, x=x, y=y, width=max(0.0, width), height=max(0.0, height), rx=radius or None
    )


def path(points: Sequence[tuple[float, float]], *, class_: str, closed: bool = False) -> SafeString:
    """A line through `points`."""
    steps = "".join(
        f"{'L' if number else 'M'}{_value(x)} {_value(y)}" for number, (x, y) in enumerate(points)
    )
    return element("path", class_=class_, d=steps + ("Z" if closed else ""))


def titled(drawn: str, words: str) -> SafeString:
    """What is drawn with a hint that pointing at it shows."""
    return element("g", drawn, element("title", words))


def join(*parts: str) -> SafeString:
    """Safe parts one after another."""
    return _safe("".join(map(conditional_escape, parts)))


def shortened(words: str, width: float, *, size: float = 13) -> str:
    """`words` cut to about `width` pixels with an ellipsis: SVG wraps nothing by itself."""
    most = max(1, int(width / (size * 0.56)))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _value(value: str | float | int) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(conditional_escape(str(value)))


def _safe(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 - everything in it was escaped above
