"""What presets do where a file lacks something: nobody is joined by a guess, and nothing is lost for want of a name."""

from __future__ import annotations

from polku.capture.imports.options import ImportOptions
from polku.capture.imports.presets import best


def imports(header: list[str], *rows: list[str]) -> dict[str, ImportOptions]:
    """Kind → options of the last import of that kind; nothing where nobody claims the file."""
    match = best(header, rows)
    return {proposal.kind: proposal.options for proposal in match.proposals} if match else {}


ZENDESK = ["Id", "Requester id", "Requester email", "Status", "Via", "Created at", "Updated at", "Subject"]
ONE = [
    "1",
    "360001112223",
    "a@esimerkki.fi",
    "open",
    "Mail",
    "2024-03-01 10:00",
    "2024-03-01 10:00",
    "Missä?",
]


def test_people_are_known_by_their_address_where_all_have_one():
    found = imports(ZENDESK, ONE)
    assert (found["contacts"].person, "people" in found) == ("Requester email", False)


def test_the_tools_own_id_stands_in_and_is_joined_to_the_addresses_there_are():
    nameless = ["2", "360009998887", "", "open", "Phone", "2024-03-02 10:00", "2024-03-02 10:00", "Soitto"]
    found = imports(ZENDESK, ONE, nameless)
    assert found["contacts"].person == "Requester id"
    assert (found["people"].person, found["people"].aliases, found["people"].skip_empty) == (
        "Requester email",
        ("Requester id",),
        True,
    )


def test_the_reason_is_a_field_that_nearly_all_tickets_have_else_the_subject():
    header = [*ZENDESK, "Ticket type", "Aihe [list]"]
    found = imports(header, [*ONE, "", "Toimitus"], [*ONE, "Question", "Palautus"])
    assert (found["contacts"].reason, found["contacts"].text) == ("Aihe [list]", "Subject")
    found = imports(header, *([*ONE, "", ""] for _ in range(3)), [*ONE, "", "Palautus"])
    assert (found["contacts"].reason, found["contacts"].text) == ("Subject", None)


def test_an_order_that_is_not_set_is_no_order():
    header = ["event_name", "event_timestamp", "user_pseudo_id", "user_id", "transaction_id"]
    row = ["page_view", "1709276702000001", "1.2", "", "(not set)"]
    found = imports(header, row)
    assert (found["events"].order, found["events"].person) == (None, "user_pseudo_id")
    assert imports(header, [*row[:4], "901"])["events"].order == "transaction_id"


def test_a_user_names_events_only_where_every_row_has_one():
    header = ["event_name", "event_timestamp", "user_pseudo_id", "user_id"]
    row = ["page_view", "1709276702000001", "1.2"]
    some = imports(header, [*row, "c-1"], [*row, ""])["events"]
    assert (some.person, some.properties) == ("user_pseudo_id", ("user_id",))
    every = imports(header, [*row, "c-1"], [*row, "c-2"])["events"]
    assert (every.person, every.properties) == ("user_id", ())


def test_a_form_with_few_addresses_keeps_its_answers():
    header = ["Timestamp", "How satisfied are you (1-5)?", "Your email address?"]
    rows = [[f"2024-03-0{day} 10:00:00", "4", ""] for day in range(1, 8)]
    rows[0][2] = "a@esimerkki.fi"
    few = imports(header, *rows)["scores"]
    assert (few.person, few.nobody) == (None, True)
    for row in rows[1:6]:
        row[2] = "b@esimerkki.fi"
    assert imports(header, *rows)["scores"].person == "Your email address?"


def test_numbers_that_are_no_answers_are_no_scores():
    header = [
        "Timestamp",
        "How satisfied are you (1-5)?",
        "How many people live with you?",
        "Any comments for us?",
    ]
    rows = [[f"2024-03-0{day} 10:00:00", str(day % 5 + 1), "2", f"Words {day}"] for day in range(1, 8)]
    match = best(header, rows)
    assert match is not None
    (answers,) = match.proposals
    assert (answers.options.score, answers.options.comment) == (header[1], header[3])
    assert header[2] in answers.options.properties


def test_answers_in_words_are_left_to_general_recognition():
    header = ["Timestamp", "How satisfied are you with us?"]
    assert imports(header, ["2024-03-01 10:00:00", "Very satisfied"]) == {}


def test_equal_parts_of_two_questions_keep_their_whole_names():
    header = [
        "#",
        "Price now (1-5): Shop",
        "Price before (1-5): Shop",
        "Start Date (UTC)",
        "Submit Date (UTC)",
    ]
    match = best(header, [["0a1b", "3", "4", "2024-03-01 10:00:00", "2024-03-01 10:01:00"]])
    assert match is not None
    assert [proposal.options.touchpoint for proposal in match.proposals] == [header[1], header[2]]
