"""What came of an import, ready to be drawn; and the rejected rows as files."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from polku.capture.imports.mapping_json import mapping_from_json
from polku.capture.models import ImportRun, Upload
from polku.capture.uploads import decisions, files, words
from polku.capture.uploads.fields import KINDS, METRICS

LARGEST_DOWNLOAD = 50_000_000  # bytes
_TOLD_REASONS = 5
_MOST_LOOKED_AT = 20_000
"""Rejected rows whose reasons are counted for the page; the files hold all."""


@dataclass(frozen=True)
class Run:
    """One import on the page. `share` is how far it is; `asked` is the question whose
    answers came in, where it is one; `reasons` are the commonest of what was rejected.
    """

    run: ImportRun
    kind: str
    asked: str
    part: str
    share: int
    state: str
    result: dict[str, Any]
    reasons: list[tuple[str, int]]
    can_mend: bool


def runs_of(upload: Upload) -> list[Run]:
    """Every import of the file, as far as they are."""
    found = ImportRun.objects.filter(part__upload=upload).select_related("part")
    return [_run(run, upload) for run in found]


def _run(run: ImportRun, upload: Upload) -> Run:
    mapping = mapping_from_json(run.mapping)
    path = rejected_file(run, upload)
    return Run(
        run=run,
        kind=str(KINDS[mapping.kind]),
        asked=str(METRICS.get(mapping.options.metric or "", "")) if mapping.kind == "scores" else "",
        part=words.part_name(decisions.inspection_of(run.part)),
        share=round(100 * run.done / run.total) if run.total else 0,
        state=_state(run),
        result=run.result,
        reasons=_reasons(path) if path else [],
        can_mend=path is not None and run.result.get("recognised", {}).get("format") != "parquet",
    )


def _state(run: ImportRun) -> str:
    return {
        ImportRun.State.WAITING: _("waits for its turn"),
        ImportRun.State.READING: _("the rows are read and checked"),
        ImportRun.State.LOADING: _("the rows are saved and joined to people"),
        ImportRun.State.DONE: _("done"),
        ImportRun.State.FAILED: _("not imported"),
    }[ImportRun.State(run.state)]


def rejected_file(run: ImportRun, upload: Upload) -> Path | None:
    """The table of what an import rejected, where it is still there."""
    name = run.result.get("rejected_file")
    path = files.rejected_folder_of(upload) / Path(name).name if name else None
    return path if path and upload.has_file and path.is_file() else None


def _reasons(path: Path) -> list[tuple[str, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for document in _documents(path, _MOST_LOOKED_AT):
        key = (document["code"], document["column"])
        counts[key] += 1
        examples.setdefault(key, document["reason"])
    return [(examples[key], count) for key, count in counts.most_common(_TOLD_REASONS)]


def table(path: Path) -> tuple[bytes, bool]:
    """The table with lines and reasons, and whether it is whole: past LARGEST_DOWNLOAD it ends with a whole line."""
    with path.open("rb") as handle:
        content = handle.read(LARGEST_DOWNLOAD + 1)
    if len(content) <= LARGEST_DOWNLOAD:
        return content, True
    return content[: content.rindex(b"\n") + 1], False


def mendable(run: ImportRun, path: Path) -> tuple[bytes, bool]:
    """The rejected rows in the form of the file they came from, header first: to be mended and brought again.

    Each row is as it was in the file, but for bytes that are no text, in whose place a mark stands; UTF-8 with a mark,
    which spreadsheets need. With it whether all rows are there.
    """
    inspection = decisions.inspection_of(run.part)
    delimiter = run.result.get("recognised", {}).get("delimiter", ",")
    header = io.StringIO()
    csv.writer(header, delimiter=delimiter, lineterminator="\r\n").writerow(
        [column.name for column in inspection.columns]
    )
    content = bytearray(b"\xef\xbb\xbf" + header.getvalue().encode())
    last = None
    for document in _documents(path, None):
        if document["line"] != last:
            content += _row_of(document).rstrip("\r\n").encode() + b"\r\n"
        if len(content) > LARGEST_DOWNLOAD:
            return bytes(content), False
        last = document["line"]
    return bytes(content), True


def _row_of(document: dict[str, Any]) -> str:
    if "raw" in document:
        return str(document["raw"])
    return base64.b64decode(document["raw_base64"]).decode("utf-8", "replace")


def _documents(path: Path, most: int | None) -> Iterator[dict[str, Any]]:
    """The rows of the exact file beside the table."""
    with path.with_suffix(".jsonl").open(encoding="utf-8") as handle:
        for number, line in enumerate(handle):
            if most is not None and number >= most:
                return
            yield json.loads(line)
