"""Names of columns in Finnish and English, and what they make of a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.capture.imports import ImportProblem
from polku.capture.imports.mapping import ColumnMapping, Inspection
from polku.capture.imports.mapping_json import inspection_from_json, mapping_from_json, to_json
from polku.capture.imports.recognition import inspect
from polku.capture.imports.recognition.words import PRECISE, USUAL, plain, weight


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Asiakasnumero", "person"),
        ("asiakas_id", "person"),
        ("customerID", "person"),
        ("Sähköpostiosoite", "email"),
        ("E-mail", "email"),
        ("Puhelinnumero", "phone"),
        ("Tilausnumero", "order"),
        ("Order Number", "order"),
        ("Kuitin nro", "order"),
        ("Kanta-asiakasnumero", "loyalty"),
        ("Arvosana", "score"),
        ("Kuinka todennäköisesti suosittelisit meitä ystävälle?", "score"),
        ("Vapaa sana", "comment"),
        ("Yhteydenoton syy", "reason"),
        ("Tiketin numero", "ticket"),
        ("Tapahtuma", "event"),
        ("Tilauksen tila", "status"),
        ("Myyntikanava", "channel"),
    ],
)
def test_a_name_speaks_for_its_role(name: str, role: str) -> None:
    assert weight(name, role) == PRECISE


@pytest.mark.parametrize(
    ("name", "role"),
    [("Kaupunki", "order"), ("Syntymäaika", "order"), ("Headphone model", "phone"), ("Hotel", "phone")],
)
def test_other_names_do_not(name: str, role: str) -> None:
    assert weight(name, role) < USUAL


def test_names_are_compared_in_plain_letters() -> None:
    assert [plain(name) for name in ("orderDate", "ORDER_DATE", "  Tilaus-päivä (klo) ")] == [
        "order date",
        "order date",
        "tilaus paiva klo",
    ]


def look(folder: Path, text: str, **asked: object) -> Inspection:
    """What a text file is."""
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    (found,) = inspect(path, timezone="Europe/Helsinki", **asked)  # type: ignore[arg-type]
    return found


ORDERS = (
    "Myyntiraportti\n\nTilausnumero;Asiakasnumero;Sähköposti;Tilauspäivä;ALV;Yhteensä;Tila\n"
    "1003;C2;b@example.fi;15.3.2024 klo 9.05;12,10;1 234,50 €;Toimitettu\n"
    "1002;C1;a@example.fi;2.3.2024 klo 19.40;1,00;80,00 €;Peruttu\n"
    "1001;C1;a@example.fi;1.3.2024 klo 8.00;2,40;12,40 €;Toimitettu\n"
    "Yhteensä;;;;15,50;1 326,90 €;\n"
)


def test_a_report_of_orders_is_read_whole(tmp_path: Path) -> None:
    found = look(tmp_path, ORDERS)
    assert found.questions == ()
    assert (found.reading.delimiter, found.reading.header_line, found.reading.last_line) == (";", 3, 6)
    assert (found.size, found.newest_first) == (3, True)
    assert [column.meaning for column in found.columns] == [
        "order",
        "person",
        "email",
        "time",
        "money",
        "money",
        "text",
    ]
    assert found.columns[3].form == "DD.M.YYYY klo H.MM"
    orders, people = found.mappings
    assert (orders.kind, orders.options.roles(), orders.options.id, orders.decimal) == (
        "orders",
        {"person": "Asiakasnumero", "time": "Tilauspäivä", "value": "Yhteensä", "status": "Tila"},
        ("Tilausnumero",),
        {"Yhteensä": "comma"},
    )
    assert (people.kind, people.options.person, people.options.aliases) == (
        "people",
        "Asiakasnumero",
        ("Sähköposti",),
    )
    assert found.notes == (
        "1 row above the names of the columns is left out: Myyntiraportti",
        "1 row below the table is left out: Yhteensä · 15,50 · 1 326,90 €",
    )


def test_a_day_that_could_be_a_month_is_asked_about(tmp_path: Path) -> None:
    text = "user_id,event,date\nu1,Visit,03/04/2024 10:00\nu2,Visit,05/04/2024 11:00\n"
    (question,) = look(tmp_path, text).questions
    assert (question.about, question.column) == ("month_first", "date")
    assert [(choice.value, choice.label) for choice in question.choices] == [
        ("day", "day 3, month 4, year 2024"),
        ("month", "day 4, month 3, year 2024"),
    ]
    answered = look(tmp_path, text, answers={"month_first:date": "month"})
    assert (answered.questions, answered.mappings[0].month_first) == ((), {"date": True})
    told = look(tmp_path, text + "u3,Visit,13/04/2024 11:00\n")
    assert (told.questions, told.mappings[0].month_first) == ((), {"date": False})


def test_a_lone_comma_is_asked_about_unless_the_file_tells(tmp_path: Path) -> None:
    head = "order_id;customer_id;order_date;total;vat\n"
    (question,) = look(tmp_path, head + "1;c1;2024-03-13;1,234;10\n2;c2;2024-03-14;2,500;20\n").questions
    assert (question.about, question.column) == ("decimal", "total")
    told = look(tmp_path, head + "1;c1;2024-03-13;1,234;10,5\n2;c2;2024-03-14;2,500;20,1\n")
    assert (told.questions, told.mappings[0].decimal) == ((), {"total": "comma"})


def test_two_equally_good_columns_are_asked_about(tmp_path: Path) -> None:
    rows = "1,a,Visit,2024-03-01 10:00,2024-03-02\n2,b,Buy,2024-03-01 11:00,2024-03-03\n"
    text = "customer_id,user_id,event,time,date\n" + rows
    asked = {
        question.column: [c.value for c in question.choices] for question in look(tmp_path, text).questions
    }
    assert asked == {"person": ["customer_id", "user_id"], "time": ["time", "date"]}
    answers = {"role:person": "user_id", "role:time": "time"}
    (mapping,) = look(tmp_path, text, answers=answers).mappings
    assert (mapping.options.person, mapping.options.time) == ("user_id", "time")


def test_order_lines_are_summed_and_totals_on_each_row_are_asked_about(tmp_path: Path) -> None:
    rows = "1,c,2024-03-01,Chair,10.50\n1,c,2024-03-01,Table,20.00\n"
    lines = "order_id,customer_id,order_date,product,line_total\n" + rows
    (mapping,) = look(tmp_path, lines).mappings
    assert (mapping.options.value, mapping.options.lines) == ("line_total", True)
    totals = lines.replace("line_total", "total").replace("10.50", "30.50").replace("20.00", "30.50")
    (question,) = look(tmp_path, totals).questions
    assert (question.about, question.suggested) == ("lines", "orders")
    (mapping,) = look(tmp_path, totals, answers={"lines": "orders"}).mappings
    assert mapping.options.lines is False


def test_a_table_of_times_becomes_the_steps_of_each_order_or_case(tmp_path: Path) -> None:
    head = "Tilausnumero;Asiakasnumero;Tilattu;Maksettu pvm;Lähetetty\n"
    orders, steps = look(
        tmp_path, head + "T1;C1;13.3.2024;14.3.2024;15.3.2024\nT2;C2;14.3.2024;14.3.2024;\n"
    ).mappings
    assert (orders.kind, orders.options.time) == ("orders", "Tilattu")
    assert (steps.kind, steps.options.order, steps.options.wide) == (
        "events",
        "Tilausnumero",
        ("Tilattu=Tilattu", "Maksettu pvm=Maksettu", "Lähetetty=Lähetetty"),
    )
    (cases,) = look(tmp_path, "ticket_id,opened_at,solved_at\n1,2024-03-13 10:00,2024-03-14 11:00\n").mappings
    assert (cases.kind, cases.options.person, cases.options.wide) == (
        "events",
        "ticket_id",
        ("opened_at=Opened", "solved_at=Solved"),
    )


def test_what_is_no_table_of_these_kinds_is_asked_about(tmp_path: Path) -> None:
    found = look(tmp_path, "sku,colour\nA1,red\nA2,blue\n")
    assert (found.mappings, [question.about for question in found.questions]) == ((), ["kind"])


def test_dates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    found = look(tmp_path, "user_id,event,timestamp\nu1,Visit,2024-W10-1\nu2,Buy,2024-W10-2\n")
    assert (found.mappings, found.questions, found.notes) == (
        (),
        (),
        (
            "The dates of column “timestamp” cannot be read. Write them as 2024-03-01 or 1.3.2024 and try again.",
        ),
    )


def test_what_the_import_leaves_out_of_account_is_told(tmp_path: Path) -> None:
    rows = "1,c1,2024-03-13,9:05,10.50,EUR\n2,c2,2024-03-14,10:15,9.90,SEK\n"
    assert look(tmp_path, "order_id,customer_id,date,time,total,currency\n" + rows).notes == (
        "The amounts of column “total” are in several currencies. They are taken as they are.",
        "The time of day stands in a column of its own, “time”. Only the day is used.",
    )


def test_every_question_of_a_survey_becomes_its_own_import(tmp_path: Path) -> None:
    head = (
        "Vastaajan ID;Vastausaika;Kuinka tyytyväinen olit? (1 = en lainkaan, 5 = erittäin);"
        "Kuinka helppoa oli asioida (1-7)?;Kuinka todennäköisesti suosittelisit? (0–10);Avoin palaute\n"
    )
    found = look(tmp_path, head + "1;13.3.2024 klo 9.05;4;6;9;ok\n2;14.3.2024 klo 9.05;5;7;10;\n")
    assert found.questions == ()
    assert [(m.options.metric, m.options.scale, m.options.comment) for m in found.mappings] == [
        ("csat", (1, 5), "Avoin palaute"),
        ("ces", (1, 7), None),
        ("nps", (0, 10), None),
    ]


@pytest.mark.parametrize(
    "question", ["Mitä voisimme tehdä toisin?", "Kerro lisää", "Why this score?", "What did you miss?"]
)
def test_an_open_question_is_a_comment_however_few_and_short_its_answers(
    tmp_path: Path, question: str
) -> None:
    head = f"Vastaajan ID;Vastausaika;Kuinka todennäköisesti suosittelisit? (0–10);Kaupunki;{question}\n"
    rows = "".join(f"{n};{n + 1}.3.2024 klo 9.05;{n % 11};Oulu;{('ok', 'hinta')[n % 2]}\n" for n in range(20))
    (mapping,) = look(tmp_path, head + rows).mappings
    assert (mapping.options.comment, mapping.options.properties) == (question, ("Kaupunki",))


def test_a_closed_question_stays_a_detail(tmp_path: Path) -> None:
    head = "Vastaajan ID;Vastausaika;Kuinka todennäköisesti suosittelisit? (0–10);Oletko ostanut ennen?\n"
    rows = "".join(f"{n};{n + 1}.3.2024 klo 9.05;{n % 11};{('Kyllä', 'En')[n % 2]}\n" for n in range(20))
    (mapping,) = look(tmp_path, head + rows).mappings
    assert (mapping.options.comment, mapping.options.properties) == (None, ("Oletko ostanut ennen?",))


def test_what_customers_are_called_is_kept_with_them_alone(tmp_path: Path) -> None:
    head = "Tilausnumero;Asiakasnumero;Nimi;Osoite;Tilauspäivä;Summa\n"
    row = "T{0};C{1};{2};Kuja {0};1{0}.3.2024;12,50\n"
    orders, people = look(
        tmp_path, head + row.format(3, 1, "Aino Aalto") + row.format(4, 2, "Otso Oja")
    ).mappings
    assert (orders.kind, orders.options.properties) == ("orders", ())
    assert (people.kind, people.options.person, people.options.properties) == (
        "people",
        "Asiakasnumero",
        ("Nimi",),
    )
    # Nobody has two names: these are what was bought.
    (alone,) = look(tmp_path, head + row.format(3, 1, "Teltta") + row.format(4, 1, "Keitin")).mappings
    assert alone.kind == "orders"


def test_letters_of_an_old_encoding_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    text = "email,city\na@example.fi,Hämeenlinna\nb@example.fi,Jyväskylä\n"
    path.write_bytes(text.encode("cp850"))
    (found,) = inspect(path, timezone="Europe/Helsinki")
    (question,) = found.questions
    assert (question.about, question.text) == ("encoding", "Is “H„meenlinna” written as it should be?")
    with pytest.raises(ImportProblem, match="Save it as CSV in UTF-8"):
        inspect(path, timezone="Europe/Helsinki", answers={"encoding": "other"})
    path.write_bytes(text.encode("cp1252"))
    (found,) = inspect(path, timezone="Europe/Helsinki")
    assert found.questions == ()


def test_a_header_within_the_rows_is_told(tmp_path: Path) -> None:
    text = "email,city\na@example.fi,Turku\nemail,city\nb@example.fi,Pori\n"
    assert look(tmp_path, text).notes == (
        "Row 3 repeats the names of the columns, as where two exports were put together. Delete it first.",
    )


@pytest.mark.parametrize("end", ["\n", ";\n"])
def test_a_delimiter_may_end_every_row(tmp_path: Path, end: str) -> None:
    text = f"Tilausnumero;Tilauspäivä;Summa{end}T1;13.3.2024;12,50;\nT2;14.3.2024;8,00;\n"
    found = look(tmp_path, text)
    assert found.questions == ()
    assert [column.name for column in found.columns] == ["Tilausnumero", "Tilauspäivä", "Summa"]
    assert found.mappings[0].options.roles() == {"time": "Tilauspäivä", "value": "Summa"}


def test_what_was_remembered_comes_before_questions(tmp_path: Path) -> None:
    text = "user_id,event,date\nu1,Visit,03/04/2024\nu2,Buy,05/04/2024\n"
    (mapping,) = look(tmp_path, text, answers={"month_first:date": "day"}).mappings
    known: dict[str, list[ColumnMapping]] = {look(tmp_path, text).fingerprint: [mapping]}
    again = "Title\n\n" + text.replace("03/04", "01/02").replace("Visit", "Return")
    found = look(tmp_path, again, remembered=known.get)
    assert (found.questions, found.mappings[0].month_first) == ((), {"date": False})
    assert found.mappings[0].reading.header_line == 3
    # What this file itself tells comes before what was remembered.
    other = look(tmp_path, text + "u3,Buy,05/14/2024\n", remembered=known.get)
    assert other.mappings[0].month_first == {"date": True}


def test_inspections_and_mappings_survive_json(tmp_path: Path) -> None:
    found = look(tmp_path, ORDERS)
    assert inspection_from_json(to_json(found)) == found
    assert mapping_from_json(to_json(found.mappings[0])) == found.mappings[0]
