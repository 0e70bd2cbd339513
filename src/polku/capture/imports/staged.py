"""What staging hands over to loading: a folder with one Parquet file, and what there is to say about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from polku.capture.imports.options import ImportKind


@dataclass(frozen=True)
class Staged:
    """A file that was read and understood. `batch` is Parquet in the port's schema of `kind`; `accepted` are its
    rows (of spend: amounts), `rejected` those written to `rejected_file`. Plain enough to cross a socket as JSON."""

    kind: ImportKind
    batch: Path
    accepted: int
    rejected: int
    rejected_file: Path | None
    ties: int
    warnings: list[str] = field(default_factory=list)
    recognised: dict[str, Any] = field(default_factory=dict)
    lines: bool = False
    metrics: list[str] = field(default_factory=list)
    touchpoint: str | None = None
    thing_digits: int = 0

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        document["batch"] = str(self.batch)
        document["rejected_file"] = str(self.rejected_file) if self.rejected_file else None
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Staged:
        rejected_file = document["rejected_file"]
        return cls(
            **{
                **document,
                "batch": Path(document["batch"]),
                "rejected_file": Path(rejected_file) if rejected_file else None,
            }
        )
