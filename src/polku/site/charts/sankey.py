"""Streams from place to place: columns of nodes, and ribbons between them as thick as the units that went there.

Wide pictures show all columns beside each other. On a phone each step from one column to the next is drawn below the
one before, because the names would otherwise have no room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from polku.site.charts.svg import element, join, picture, rectangle, shortened, text, titled

NODE_WIDTH = 6.0
_LEAST_SLOT, _GAP = 34.0, 10.0  # a name and its number must fit beside the smallest node
_TALLEST = 300.0
_TOP, _FOOT = 34.0, 12.0
_ROOM_FOR_NAMES = 180.0
_PHONE = 600

Key = tuple[int, str | None]
"""(column, name); None is everything beyond the largest nodes."""


@dataclass(frozen=True)
class Stream:
    """`count` units went from `source` in the column `level` to `target` in the next."""

    level: int
    source: str | None
    target: str | None
    count: int


@dataclass(frozen=True)
class Words:
    """What is written in the picture.

    `others` names everything beyond the largest nodes, `count` writes a number, `heading` names a column by its
    number. `hint` says a stream (source, target, count) to who points at it; `ended` and `began` say of a node how
    many went no further, or had nothing before.
    """

    others: str
    count: Callable[[int], str]
    heading: Callable[[int], str]
    hint: Callable[[str, str, int], str]
    ended: Callable[[str, int], str]
    began: Callable[[str, int], str]


@dataclass
class _Node:
    """A node with its place; `left` and `right` are how much of its height streams have taken on each side."""

    key: Key
    size: int
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def sankey(
    streams: Sequence[Stream], sizes: Mapping[Key, int] | None = None, *, width: int, words: Words
) -> SafeString:
    """The picture of `streams`, `width` pixels wide. `sizes` are units at nodes, where more stood at one than its
    streams tell: the rest ended there (or, left of column 0, began there)."""
    known = _sizes(streams, sizes or {})
    levels = sorted({stream.level for stream in streams})
    if width >= _PHONE or len(levels) < 2:
        drawn, height = _Part(streams, known, words, width, 0.0).drawn()
        return picture(width, height, drawn, class_="sankey")
    parts: list[SafeString] = []
    top = 0.0
    for level in levels:
        step = [stream for stream in streams if stream.level == level]
        drawn, height = _Part(step, known, words, width, top).drawn()
        parts.append(drawn)
        top += height
    return picture(width, top, *parts, class_="sankey")


def _sizes(streams: Sequence[Stream], given: Mapping[Key, int]) -> dict[Key, int]:
    """Units at each node: what came in, what went out, or what was given, whichever is most."""
    into: dict[Key, int] = {}
    out: dict[Key, int] = {}
    for stream in streams:
        source, target = (stream.level, stream.source), (stream.level + 1, stream.target)
        out[source] = out.get(source, 0) + stream.count
        into[target] = into.get(target, 0) + stream.count
    keys = {**out, **into}
    return {key: max(into.get(key, 0), out.get(key, 0), given.get(key, 0)) for key in keys}


class _Part:
    """Some columns beside each other, drawn from `top` on."""

    def __init__(
        self, streams: Sequence[Stream], sizes: Mapping[Key, int], words: Words, width: int, top: float
    ) -> None:
        self.streams, self.words, self.width, self.top = streams, words, width, top
        levels = [stream.level for stream in streams]
        self.columns = range(min(levels, default=0), max(levels, default=-1) + 2)
        used = {(stream.level, stream.source) for stream in streams}
        used |= {(stream.level + 1, stream.target) for stream in streams}
        self.nodes = {key: _Node(key, sizes[key]) for key in used}
        # Where the last names stand left of their nodes, they need no room of their own.
        self.names_inside = len(self.columns) == 2 and width < _PHONE
        self.room = 0.0 if self.names_inside else _ROOM_FOR_NAMES
        self.height = self._place()

    def drawn(self) -> tuple[SafeString, float]:
        """The part and its height."""
        ribbons = [self._ribbon(stream) for stream in self._in_order()]
        stubs = [self._stub(node) for node in self.nodes.values()]
        return (
            join(
                *ribbons,
                *(stub for stub in stubs if stub),
                *(self._node(node) for node in self.nodes.values()),
                *(self._heading(column) for column in self.columns),
            ),
            self.height,
        )

    def _column(self, column: int) -> list[_Node]:
        """The nodes of a column, the largest first and what is beyond them last."""
        found = [node for node in self.nodes.values() if node.key[0] == column]
        return sorted(found, key=lambda node: (node.key[1] is None, -node.size, node.key[1] or ""))

    def _place(self) -> float:
        """Give every node its place; the height of the whole."""
        totals = [sum(node.size for node in self._column(column)) for column in self.columns]
        scale = _TALLEST / max(1, *totals, 1)
        pitch = (self.width - self.room - NODE_WIDTH) / max(1, len(self.columns) - 1)
        foot = self.top + _TOP
        for number, column in enumerate(self.columns):
            y = self.top + _TOP
            for node in self._column(column):
                node.height = max(2.0, node.size * scale)
                slot = max(_LEAST_SLOT, node.height)
                node.x, node.y = number * pitch, y + (slot - node.height) / 2
                y += slot + _GAP
            foot = max(foot, y)
        self.scale = scale
        return foot + _FOOT - self.top

    def _in_order(self) -> list[Stream]:
        """Streams leave and arrive in the order of the nodes at their other end, so that they cross least."""
        return sorted(
            self.streams,
            key=lambda stream: (
                stream.level,
                self.nodes[stream.level, stream.source].y,
                self.nodes[stream.level + 1, stream.target].y,
            ),
        )

    def _ribbon(self, stream: Stream) -> SafeString:
        source = self.nodes[stream.level, stream.source]
        target = self.nodes[stream.level + 1, stream.target]
        thick = stream.count * self.scale
        start, end = source.y + source.right, target.y + target.left
        source.right += thick
        target.left += thick
        x1, x2 = source.x + NODE_WIDTH, target.x
        middle = (x1 + x2) / 2
        shape = (
            f"M{x1:.1f} {start:.1f}C{middle:.1f} {start:.1f} {middle:.1f} {end:.1f} {x2:.1f} {end:.1f}"
            f"V{end + max(thick, 0.75):.1f}"
            f"C{middle:.1f} {end + thick:.1f} {middle:.1f} {start + thick:.1f} {x1:.1f} {start + thick:.1f}Z"
        )
        faint = " is-end" if stream.source is None or stream.target is None else ""
        ribbon = element("path", class_=f"chart-flow{faint}", d=shape)
        return titled(ribbon, self.words.hint(self._name(source), self._name(target), stream.count))

    def _stub(self, node: _Node) -> SafeString | None:
        """Those who went no further, or had nothing before, as a short piece that leads nowhere."""
        column = node.key[0]
        if 0 <= column < self.columns[-1]:
            taken, x, said = node.right, node.x + NODE_WIDTH, self.words.ended
        elif column <= 0 and column > self.columns[0]:
            taken, x, said = node.left, node.x - 16, self.words.began
        else:
            return None
        left = node.height - taken
        if left < 0.75:
            return None
        piece = rectangle(x, node.y + taken, 16, left, class_="chart-flow is-end", radius=2)
        return titled(piece, said(self._name(node), round(left / self.scale)))

    def _node(self, node: _Node) -> SafeString:
        column, end = node.key[0], " is-end" if node.key[1] is None else ""
        is_last = column == self.columns[-1]
        room = self.room if is_last else self._pitch() - NODE_WIDTH
        x, anchor = node.x + NODE_WIDTH + 8, "start"
        if self.names_inside:
            room /= 2
            if is_last:
                room, x, anchor = self._pitch() / 2, node.x - 8, "end"
        name = self._name(node)
        bar = rectangle(node.x, node.y, NODE_WIDTH, node.height, class_=f"chart-node{end}", radius=1)
        return join(
            titled(bar, f"{name}: {self.words.count(node.size)}"),
            text(x, node.middle - 2, shortened(name, room - 12), class_="chart-name", anchor=anchor),
            text(x, node.middle + 13, self.words.count(node.size), anchor=anchor),
        )

    def _heading(self, column: int) -> SafeString:
        x, anchor = (column - self.columns[0]) * self._pitch(), "start"
        if self.names_inside and column == self.columns[-1]:
            x, anchor = float(self.width), "end"
        return text(x, self.top + 14, self.words.heading(column), anchor=anchor)

    def _pitch(self) -> float:
        return (self.width - self.room - NODE_WIDTH) / max(1, len(self.columns) - 1)

    def _name(self, node: _Node) -> str:
        return self.words.others if node.key[1] is None else node.key[1]
