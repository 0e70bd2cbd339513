"""Texts that programs write where an id is missing: whoever has one of them as an id is nobody in particular."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

PLACEHOLDERS = frozenset({
    "", "-", "--", "–", "—", "_", ".", "?", "*", "0", "-1", "undefined", "null", "(null)", "none", "nil", "nan",
    "n/a", "n.a.", "#n/a", "not set", "(not set)", "not_set", "not available", "unknown", "tuntematon", "okänd",
    "anonymous", "anonymous_id", "anonymousid", "anonyymi", "anonym", "guest", "vieras", "gäst", "visitor", "user",
    "userid", "user_id", "user id", "customer", "id", "email", "test", "testi", "testuser", "test_user", "default",
    "empty", "blank", "missing", "true", "false", "[object object]", "object object", "{}", "[]", '""', "''",
    "00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000", "0000000000000000",
    "test@test.com", "test@example.com", "noreply@example.com", "none@none.com", "na@na.na", "no@email.com",
})  # fmt: skip

_TEXTS = pa.array(sorted(PLACEHOLDERS))


def is_placeholder(alias: str) -> bool:
    return alias.strip().lower() in PLACEHOLDERS


def are_placeholders(aliases: pa.Array) -> pa.Array:
    """The same of many texts at once; null is none."""
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(aliases)), value_set=_TEXTS)
