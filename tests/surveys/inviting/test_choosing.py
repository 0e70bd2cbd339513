"""Whom a list holds, and who of them is not asked: every one told once."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_scopes import scope

from polku.messaging import domain as messaging
from polku.messaging.models import Suppression
from polku.surveys.inviting import choosing
from polku.surveys.inviting.domain import invite
from polku.surveys.inviting.tables import MOST_ROWS, columns_of, read_table
from polku.surveys.inviting.texts import MailSettings, MailTexts, make_email_link
from polku.surveys.moments.fatigue import note_ask
from tests.surveys.inviting.conftest import definition

PLAIN = MailSettings(texts={})


def of_file(content: str | bytes, settings: MailSettings = PLAIN):
    raw = content.encode() if isinstance(content, str) else content
    return choosing.of_table(read_table(raw, "lista.csv"), definition=definition(), settings=settings)


def test_addresses_are_found_as_people_paste_them():
    text = "maija@example.com, pekka@example.com\nLiisa Virta <liisa@example.com>;\n\njuho\n"
    assert [each.email for each in choosing.of_text(text)] == [
        "maija@example.com",
        "pekka@example.com",
        "liisa@example.com",
        "juho",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "Sähköposti;Kieli;Etunimi;Tilausnumero;Store;Muu\nmaija@example.com;SV;Maija;1001;Oulu;x\n",
        "email,language,first name,order id,store,muu\nmaija@example.com,sv-FI,Maija,1001,Oulu,x\n",
        "sähköposti\tkieli\tetunimi\ttilaus\tstore\tmuu\nmaija@example.com\tsv\tMaija\t1001\tOulu\tx\n".encode("utf-16"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headers_in_finnish_and_english(content):
    ((person,), unused) = of_file(content)
    assert (person.email, person.language, person.order) == ("maija@example.com", "sv", "1001")
    assert (person.known, person.fields) == ({"first_name": "Maija"}, {"store": "Oulu"})
    assert [name.lower() for name in unused] == ["muu"]


def test_a_trait_that_the_message_tells_is_taken_by_its_own_name():
    settings = MailSettings(texts={"fi": MailTexts(intro="Hei {trait.lempinimi|sinä}")})
    (people, unused) = of_file("email;Lempinimi\nm@example.com;Masa\n", settings)
    assert (people[0].known, unused) == ({"lempinimi": "Masa"}, ())


def test_a_column_of_addresses_without_a_known_header_is_found_and_none_is_told():
    (people, _unused) = of_file("yhteys;nimi\nm@example.com;Masa\n")
    assert people[0].email == "m@example.com"
    with pytest.raises(ValidationError):
        of_file("nimi;kaupunki\nMasa;Oulu\n")


@pytest.mark.parametrize("content", [b"PK\x03\x04xx", b"\x1f\x8bzz", b"", b"\0\0\0", b"email\n"])
def test_what_is_no_list_is_refused_in_words(content):
    with pytest.raises(ValidationError):
        if not of_file(content)[0]:
            raise ValidationError("empty")


def test_there_is_a_limit():
    rows = "\n".join(f"a{number}@example.com" for number in range(MOST_ROWS + 1))
    with pytest.raises(ValidationError, match=r"5,?.?000"):
        choosing.of_text(rows)
    with pytest.raises(ValidationError, match=r"5,?.?000"):
        read_table(f"email\n{rows}\n".encode(), "lista.csv")


def test_each_who_is_not_asked_is_told_once_with_the_reason(survey):
    workspace = survey.workspace
    with scope(workspace=workspace):
        link = make_email_link(survey)
        invite(survey=survey, link=link, email="kutsuttu@example.com")
        messaging.add_to_suppressions(
            workspace=workspace,
            addresses=["ei@example.com"],
            reason=Suppression.Reason.ADDED,
            actor=None,
        )
        note_ask(
            workspace=workspace,
            ids=["vasynyt@example.com"],
            survey=None,
            metrics=["nps"],
            at=timezone.now(),
        )
        names = ("ok", "OK", "kutsuttu", "ei", "vasynyt", "uusi")
        text = " ".join(f"{name}@example.com" for name in names) + " x@y"
        chosen = choosing.choose(survey, definition(), choosing.of_text(text))
    assert [each.email for each in chosen.candidates] == ["ok@example.com", "uusi@example.com"]
    assert [(each.why, each.count, each.examples) for each in chosen.left_out] == [
        ("invalid", 1, ("x@y",)),
        ("duplicate", 1, ("o…@example.com",)),
        ("invited", 1, ("k…@example.com",)),
        ("suppressed", 1, ("e…@example.com",)),
        ("fatigue", 1, ("v…@example.com",)),
    ]


def test_columns_of_prefers_headers_to_what_cells_look_like():
    table = read_table(b"vastuu;email\nmyyja@example.com;m@example.com\n", "lista.csv")
    assert columns_of(table, fields=(), traits=()).email == 1
