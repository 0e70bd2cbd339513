"""What each column of exported answers is: its question in words, and what its values mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polku.surveys.results.exports.fields import ExportField


def codebook_data(fields: Sequence[ExportField]) -> list[dict[str, Any]]:
    """[{"name", "label", "kind", "question", "type", "values": [{"code", "label"}]}]."""
    return [
        {
            "name": field.name,
            "label": field.label,
            "kind": field.kind,
            "question": field.question,
            "type": field.type,
            "values": [{"code": f"{code:g}", "label": label} for code, label in sorted(field.values.items())],
        }
        for field in fields
    ]
