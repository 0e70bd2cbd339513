"""Places in an order, as text: between any two keys there is room for another.

A key is a fraction written in base 62 without its leading "0.", with digits that sort as ASCII text does, and never
ends in the digit zero. To insert or move something, only its own key is written, so that two people who edit at
the same time never overwrite each other's order. Should they still arrive at the same key, both rows stay and sort
by (key, primary key); `spread` gives a crowded family fresh keys.
"""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
LONGEST = 60
"""Keys longer than this are a reason to `spread` their family; the column holds twice as many characters."""

_VALUE = {digit: value for value, digit in enumerate(DIGITS)}


def between(before: str | None, after: str | None) -> str:
    """A key that sorts after `before` and before `after`; None stands for the beginning or the end.

    Raises ValueError where nothing fits between them: they are equal or in the wrong order, or one is no key.
    """
    low, high = _digits(before), _digits(after)
    if before is not None and after is not None and before >= after:
        raise ValueError(f"no key fits between {before!r} and {after!r}")
    key: list[int] = []
    bounded = after is not None
    position = 0
    while True:
        floor = low[position] if position < len(low) else 0
        ceiling = (high[position] if position < len(high) else 0) if bounded else BASE
        if ceiling - floor > 1:
            # At the open end take a small step, not half the room: appending is the usual case and keys stay short.
            step = 1 if before is not None and not bounded else (ceiling - floor) // 2
            return "".join(DIGITS[digit] for digit in [*key, floor + step])
        key.append(floor)
        bounded = bounded and ceiling == floor
        position += 1


def spread(count: int) -> list[str]:
    """`count` keys in order, short and evenly apart."""
    width = 1
    while BASE**width <= count + 1:
        width += 1
    step = BASE**width / (count + 1)
    return [_text(int(step * number), width) for number in range(1, count + 1)]


def _digits(key: str | None) -> list[int]:
    if key is None:
        return []
    if not key or key[-1] == DIGITS[0] or any(digit not in _VALUE for digit in key):
        raise ValueError(f"{key!r} is not an order key")
    return [_VALUE[digit] for digit in key]


def _text(value: int, width: int) -> str:
    digits = []
    for _ in range(width):
        value, digit = divmod(value, BASE)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)).rstrip(DIGITS[0])
