"""JSON documents that break parsers, each around an event that is otherwise right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

DEPTH = 100_000
MANY = 1_000_000
FITTING = 40_000  # keys that still fit into a request of 1 MiB

# What stands where an event's property would.
VALUES: dict[str, bytes] = {
    "arrays 100,000 deep": b"[" * DEPTH + b"]" * DEPTH,
    "objects 100,000 deep": b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    "deep and never closed": b"[" * DEPTH,
    "200 deep": b"[" * 200 + b"]" * 200,
    "a million keys": b"{" + b",".join(b'"k%d":1' % each for each in range(MANY)) + b"}",
    "as many keys as fit": b"{" + b",".join(b'"k%d":1' % each for each in range(FITTING)) + b"}",
    "the same key many times": b"{" + b",".join([b'"k":1'] * FITTING) + b"}",
    "NaN": b"NaN",
    "-Infinity": b"-Infinity",
    "1e400": b"1e400",
    "2^63": b"9223372036854775808",
    "2^64": b"18446744073709551616",
    "-2^63-1": b"-9223372036854775809",
    "a thousand digits": b"1" * 1000,
    "a hundred thousand digits": b"1" * 100_000,
    "1e-400": b"1e-400",
    "a fraction of many digits": b"0." + b"1" * 1000,
    "NUL escaped": b'"a\\u0000b"',
    "NUL raw": b'"a\x00b"',
    "bad UTF-8": b'"a\xff\xfeb"',
    "overlong UTF-8": b'"\xc0\xaf"',
    "surrogate as UTF-8": b'"\xed\xa0\x80"',
    "lone high surrogate": b'"\\ud800"',
    "lone low surrogate": b'"\\udc00x"',
    "surrogates in the wrong order": b'"\\udc00\\ud800"',
    "a pair of surrogates": b'"\\ud83d\\udc4d"',
    "duplicate keys": b'{"a":1,"a":2}',
    "an empty key": b'{"":1}',
    "a key that is NUL": b'{"\\u0000":1}',
    "a key that is a lone surrogate": b'{"\\ud800":1}',
    "proto": b'{"__proto__":{"x":1},"constructor":{"prototype":1}}',
    "a control character": b'"\x01"',
    "wrong escape": b'"\\x41"',
    "a hexadecimal number": b"0x10",
    "a leading zero": b"012",
    "single quotes": b"'a'",
    "a comment": b"/* a */ 1",
    "a trailing comma": b"[1,]",
    "an unclosed text": b'"abc',
    "nothing": b"",
    "true": b"true",
    "null": b"null",
}

# Nobody can tell where these end, so what follows is kept as part of them, and of that no more than 64 KiB.
SWALLOWED = {("after", "deep and never closed")}

# What stands where the whole document would.
DOCUMENTS: dict[str, bytes] = {
    "an empty body": b"",
    "a space": b" ",
    "NUL": b"\x00",
    "null": b"null",
    "a number": b"1e400",
    "a text": b'"batch"',
    "a list": b"[]",
    "a list of nulls": b"[" + b",".join([b"null"] * 1000) + b"]",
    "a mark of byte order": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "deep": b"[" * DEPTH,
    "two documents": b"{}{}",
    "batch is a number": b'{"batch":1}',
    "batch is null": b'{"batch":null}',
    "batch is an object": b'{"batch":{"a":1}}',
    "batch is deep": b'{"batch":' + b"[" * DEPTH + b"]" * DEPTH + b"}",
    "batch of everything wrong": b'{"batch":[1,null,true,"x",[],{},[[]],{"type":1},{"type":"track"},1e400]}',
    "many empty events": b'{"batch":[' + b",".join([b"{}"] * FITTING) + b"]}",
    "requests is a number": b'{"requests":1}',
    "requests of everything wrong": b'{"requests":[1,null,true,"x",[],{},"?","?idsite=1","%%%","?a=%ff%00"]}',
    "gzip that is none": b"\x1f\x8b\x08\x00 no",
    "a form": b"a=1&b=%ff&c=%00&d=" + b"%" * 1000,
}

# Each of the fields that the protocol knows, with a value of the wrong kind or shape.
FIELDS = (
    "type", "event", "messageId", "userId", "anonymousId", "previousId", "timestamp", "sentAt", "context",
    "properties", "traits", "channel", "integrations", "name",
)  # fmt: skip
WRONG = (
    b"null",
    b"1",
    b"-1.5e300",
    b"[]",
    b"{}",
    b'""',
    b'"\\u0000"',
    b'"\\ud800"',
    b"true",
    b'"' + b"x" * 5000 + b'"',
)


def around(value: bytes, number: str) -> bytes:
    """An event with the value among its properties."""
    return (
        b'{"type":"track","event":"Checked","userId":"customer","messageId":"%b","properties":{"number":"%b","v":%b}}'
        % (number.encode(), number.encode(), value)
    )


def with_field(field: str, value: bytes, number: str) -> bytes:
    """An event one of whose fields is wrong."""
    parts = {
        "type": b'"track"',
        "event": b'"Checked"',
        "userId": b'"customer"',
        "messageId": b'"%b"' % number.encode(),
        "properties": b'{"number":"%b"}' % number.encode(),
    }
    parts[field] = value
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), part) for name, part in parts.items()) + b"}"


def events() -> Iterator[tuple[str, Callable[[str], bytes]]]:
    """(what is hostile about it, the event of a number) of every hostile event."""
    for name, value in VALUES.items():
        yield name, lambda number, value=value: around(value, number)
    for field in FIELDS:
        for value in WRONG:
            yield (
                f"{field}: {value[:10].decode()}",
                lambda number, field=field, value=value: with_field(field, value, number),
            )
