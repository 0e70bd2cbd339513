"""Contracts, refunds, spend and surveys are recognised by their columns in Finnish and in English."""

from __future__ import annotations

import pytest

from polku.capture.imports.recognition import inspect

RATED = "".join(
    f"v{n};{1 + n}.3.2024;{1 + n % 5};{5 - n % 5};{1 + n % 4};{2 + n % 3};Hyvin meni {n}\n" for n in range(15)
)
FILES = {
    "sopimukset": (
        "Sopimusnumero;Asiakasnumero;Alkamispäivä;Päättymispäivä;Kuukausimaksu\n"
        "S1;100;1.3.2024;;29,90\nS2;101;15.3.2024;1.2.2025;19,90\n",
        "contracts",
        {
            "person": "Asiakasnumero",
            "start": "Alkamispäivä",
            "end": "Päättymispäivä",
            "id": ("Sopimusnumero",),
        },
    ),
    "subscriptions": (
        "subscription_id,customer_id,start_date,end_date,monthly_fee\n1,c1,2024-03-01,,10.00\n2,c2,2024-03-25,,9.00\n",
        "contracts",
        {"person": "customer_id", "start": "start_date", "end": "end_date", "value": "monthly_fee"},
    ),
    "hyvitykset": (
        "Tilausnumero;Hyvityksen pvm;Hyvityksen summa;Syy\nA1;1.3.2024;12,50;Rikki\nA2;13.3.2024;7,00;Myöhässä\n",
        "refunds",
        {"order": "Tilausnumero", "time": "Hyvityksen pvm", "value": "Hyvityksen summa", "reason": "Syy"},
    ),
    "refunds": (
        "order_id,refunded_at,refund_amount\nA1,2024-03-01 10:00,12.50\nA2,2024-03-13 11:00,7.00\n",
        "refunds",
        {"order": "order_id", "time": "refunded_at", "value": "refund_amount"},
    ),
    "orders with refunds": (
        "Tilausnumero;Tilauspäivä;Asiakas;Loppusumma;Hyvitetty summa\nA1;1.3.2024;a;100,00;12,50\n"
        "A2;13.3.2024;b;70,00;0,00\n",
        "orders",
        {"value": "Loppusumma"},
    ),
    "mainoskulut": (
        "Päivä;Lähde;Kampanja;Kustannus\n1.3.2024;google;Kevät;120,50\n13.3.2024;meta;Kevät;80,00\n",
        "spend",
        {"day": "Päivä", "source": "Lähde", "campaign": "Kampanja", "amount": "Kustannus"},
    ),
    "one advertiser": (
        "Day,Campaign,Amount spent (EUR),Impressions\n2024-03-01,Spring,10.50,100\n2024-03-15,Summer,7.00,300\n",
        "spend",
        {"day": "Day", "source": "Campaign", "amount": "Amount spent (EUR)", "properties": ()},
    ),
    "kysely": (
        "Vastaajan tunnus;Vastausaika;Tyytyväisyys toimitukseen (1-5);Tyytyväisyys hintaan (1-5);"
        f"Tyytyväisyys laatuun (1-5);Tyytyväisyys palveluun (1-5);Kommentti\n{RATED}",
        "answers",
        {
            "questions": (
                "Tyytyväisyys toimitukseen (1-5)=csat 1-5",
                "Tyytyväisyys hintaan (1-5)=csat 1-5",
                "Tyytyväisyys laatuun (1-5)=csat 1-5",
                "Tyytyväisyys palveluun (1-5)=csat 1-5",
                "Kommentti=text",
            )
        },
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_recognised(name, tmp_path):
    content, kind, wanted = FILES[name]
    file = tmp_path / "file.csv"
    file.write_text(content, encoding="utf-8")
    (found,) = inspect(file, timezone="Europe/Helsinki")
    mapping = found.mappings[0]
    assert (mapping.kind, found.questions) == (kind, ())
    assert {role: getattr(mapping.options, role) for role in wanted} == wanted


def test_columns_on_scales_that_nothing_tells_are_asked_of_once(tmp_path):
    rows = "".join(
        f"v{n},2024-03-{1 + n:02d},{1 + n % 5},{5 - n % 5},{1 + n % 4},{1 + n % 5}\n" for n in range(15)
    )
    file = tmp_path / "file.csv"
    file.write_text("respondent_id,date,seat_rating,food_rating,staff_rating,value_rating\n" + rows)
    (found,) = inspect(file, timezone="UTC")
    assert [(question.about, question.column) for question in found.questions] == [("scale", "seat_rating")]
    assert found.questions[0].text == (
        "On which scale were the answers of “seat_rating” and of 3 other columns like it given?"
    )
    (settled,) = inspect(file, timezone="UTC", answers={"scale:seat_rating": "csat 1-7"})
    assert settled.questions == ()
    assert {text.partition("=")[2] for text in settled.mappings[0].options.questions} == {"csat 1-7"}


def test_people_may_say_what_it_is(tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("kuka;mista;mihin\na;1.3.2024;2.5.2024\nb;15.3.2024;\n")
    answers = {"kind": "contracts", "role:person": "kuka", "role:start": "mista", "role:end": "mihin"}
    (found,) = inspect(file, timezone="UTC", answers=answers)
    assert found.mappings[0].kind == "contracts"
    (asked,) = inspect(file, timezone="UTC", answers={"kind": "contracts"})
    assert {(question.about, question.column) for question in asked.questions} >= {("role", "start")}
