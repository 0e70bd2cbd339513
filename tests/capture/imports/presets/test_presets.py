"""Every preset: its fixtures are recognised, staged and loaded, the counts are exact, and it claims nobody else's."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from polku.capture.imports import load, stage
from polku.capture.imports.mapping import ColumnMapping, Inspection
from polku.capture.imports.presets import best, presets
from polku.capture.imports.presets.table import Table
from polku.capture.imports.recognition import inspect
from polku.eventstore.port import Scope
from tests.capture.imports.presets.cases import CASES, FOLDER, Case

pytestmark = pytest.mark.contract
ZONE = "Europe/Helsinki"


def ids(case: Case) -> str:
    return case.file


def look(case: Case, answers: dict[str, str]) -> Inspection:
    (inspection,) = inspect(case.path, timezone=ZONE, answers=answers)
    return inspection


def staged_of(case: Case, mapping: ColumnMapping, folder: Path):
    folder.mkdir(parents=True)
    return stage(
        mapping.kind,
        case.path,
        mapping.options,
        timezone=mapping.timezone,
        folder=folder,
        rejected_folder=folder,
        reading=mapping.reading,
        month_first=mapping.month_first,
        decimal=mapping.decimal,
    )


def test_every_preset_has_fixtures_and_every_fixture_a_case():
    keys = {preset.key for preset in presets()}
    assert keys == {case.preset for case in CASES}
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*.*") if path.suffix != ".pyc"}
    assert files - {"zendesk/view.csv"} == {case.file for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_its_fixture_is_recognised_and_asks_only_what_nobody_knows(case: Case):
    asked = look(case, {}).questions
    assert {f"{question.about}:{question.column}" for question in asked} == set(case.asked)
    inspection = look(case, case.asked)
    assert inspection.questions == ()
    assert {mapping.preset for mapping in inspection.mappings} == {case.preset}
    assert [mapping.kind for mapping in inspection.mappings] == [made.kind for made in case.imports]
    columns = [column.name for column in inspection.columns]
    assert len(set(columns)) == len(columns)
    for mapping in inspection.mappings:  # or a page could not show what was chosen
        assert set(mapping.options.columns()) <= set(columns)


@pytest.mark.parametrize("case", CASES, ids=ids)
@pytest.mark.django_db
def test_its_fixture_is_loaded_whole_and_once(case: Case, workspace, store, tmp_path):
    key = workspace.key.hex
    mappings = look(case, case.asked).mappings
    for number, (mapping, expected) in enumerate(zip(mappings, case.imports, strict=True)):
        staged = staged_of(case, mapping, tmp_path / str(number))
        counted = (staged.accepted, staged.rejected, staged.recognised.get("left_out", 0))
        assert counted == (expected.accepted, expected.rejected, expected.left_out), mapping.options
        load(workspace, staged)
    state = store.state(key)
    assert state.people == case.people
    assert names_of(store, key) == case.names
    assert orders_of(store, key) == case.orders
    if case.times:
        assert span_of(store, key) == case.times
    for number, mapping in enumerate(mappings):
        again = load(workspace, staged_of(case, mapping, tmp_path / f"again-{number}"))
        assert again["accepted"] == 0
    assert store.state(key).signals == state.signals


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_no_other_preset_claims_its_fixture(case: Case):
    inspection = look(case, {})
    header = [column.name for column in inspection.columns]
    table = Table(header, [list(row) for row in inspection.rows])
    assert [preset.key for preset in presets() if preset.match(table)] == [case.preset]


def test_parts_of_a_question_are_columns_of_their_own_and_no_row():
    (inspection,) = inspect(FOLDER / "surveymonkey" / "answers.csv", timezone=ZONE)
    assert [column.name for column in inspection.columns][-4:] == [
        "How satisfied were you with (1-5): Delivery",
        "How satisfied were you with (1-5): Price",
        "How satisfied were you with (1-5): Service",
        "Anything else?",
    ]
    assert (inspection.size, inspection.row_lines) == (3, (3, 4, 5))
    assert [mapping.options.touchpoint for mapping in inspection.mappings] == [
        None,
        "Delivery",
        "Price",
        "Service",
        None,
    ]
    again = inspect(FOLDER / "surveymonkey" / "answers.csv", timezone=ZONE, reading=inspection.reading)
    assert again == [inspection]


GENERAL = (
    ["Tilausnumero", "Sähköposti", "Tilauspäivä", "Summa", "Tila"],
    ["order_id", "customer_email", "order_date", "total", "status"],
    ["id", "email", "created_at", "status", "total"],
    ["OrderNumber", "OrderDate", "OrderTotal", "CustomerEmail"],
    ["Name", "Email", "Total", "Created at"],
    ["timestamp", "user_id", "event", "value"],
    ["Timestamp", "Customer", "Event", "Channel"],
    ["Aikaleima", "Asiakas", "Arvosana", "Kommentti"],
    ["Vastausaika", "Asiakasnumero", "Arvosana", "Kommentti"],
    ["event_name", "event_timestamp", "user_id"],
    ["idVisit", "visitorId", "visitDuration", "actions"],
    ["Start Date", "End Date", "Respondent", "Score"],
    ["#", "Question", "Score", "Date"],
    ["Ticket ID", "Subject", "Status", "Created time"],
    ["Id", "Subject", "Status", "Created at", "Requester email"],
    ["Record ID", "Email", "First Name", "Last Name"],
    ["ID", "Purchase Date", "Status", "Grand Total"],
    ["Date", "Order #", "Status", "Customer", "Total"],
)


@pytest.mark.parametrize("header", GENERAL, ids=lambda header: header[0])
def test_no_preset_claims_a_general_file(header: list[str]):
    for cell in ("5", "2024-03-01 10:00", "a@esimerkki.fi"):
        assert best(header, [[cell] * len(header)] * 3) is None
    assert best(header, [["2024-03-01 10:00"] + ["5"] * (len(header) - 1)] * 3) is None


def test_no_preset_claims_a_list_that_has_only_names_of_people():
    (inspection,) = inspect(FOLDER / "zendesk" / "view.csv", timezone=ZONE)
    assert {mapping.preset for mapping in inspection.mappings} <= {""}


def test_no_preset_claims_public_data(real_data):
    looked = 0
    for path in sorted(real_data.glob("*/*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            rows = [row for row, _number in zip(csv.reader(handle), range(200), strict=False)]
        assert best(rows[0], rows[1:]) is None, path.name
        looked += 1
    assert looked > 10


# ---- what the store holds -----------------------------------------------------------------------------------------


def names_of(store, key: str) -> dict[str, int]:
    """Names of signals that are no orders → how many there are."""
    question = "SELECT name, count(*) FROM {db}.signal WHERE kind <> 4 GROUP BY name"
    return dict(asked(store, key, question))


def span_of(store, key: str) -> tuple[str, ...]:
    """The first and the last time of signals that are no orders, in UTC."""
    ((first, last),) = asked(store, key, "SELECT min(time), max(time) FROM {db}.signal WHERE kind <> 4")
    return str(first), str(last)


def orders_of(store, key: str) -> dict[str, tuple[float | None, str | None]]:
    return {row["id"]: (row["value"], row["status"]) for row in store.orders(key, Scope()).to_pylist()}


def asked(store, key: str, question: str) -> list[tuple[Any, ...]]:
    with store._instance.glance(key) as session:
        return session.rows(question.replace("{db}", session.db))
