"""The four questions about money: the answers, their history, and what follows from them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.analytics.money import MoneyTerms, cost_sentence, margin_sentence, money_note
from polku.decide.models import MoneyAnswers
from polku.decide.money import domain, queries
from polku.decide.money.forms import MoneyForm, means_cancelled
from polku.site.formats import Reader

PAGE = "/w/testikauppa/settings/money/"
FINNISH = Reader("fi", "EUR", "Europe/Helsinki")
ANSWERS = {
    "margin": 0.4,
    "vat_included": True,
    "vat_rate": 0.255,
    "returned": 0.05,
    "contact_cost": 6.5,
    "basis": "accounts",
    "cancelled_states": ["peruttu"],
}
FORM = {
    "margin": "42,5 %",
    "vat_included": "yes",
    "vat_rate": "25,5",
    "returned": "3",
    "contact_cost": "6,50 €",
    "basis": "estimate",
}


def terms(**changes) -> MoneyTerms:
    usual = {
        "margin": 0.4,
        "vat_included": True,
        "vat_rate": 0.25,
        "returned": 0.1,
        "contact_cost": 6.5,
        "is_estimate": False,
        "answered_on": dt.date(2026, 11, 23),
        "answered_by": "Anna",
    }
    return MoneyTerms(**(usual | changes))


def test_vat_returns_and_margin_are_taken_off_in_this_order():
    assert terms().sales_without_vat(125.0) == 100.0
    assert terms().margin_of(125.0) == pytest.approx(36.0)  # 125 → 100 → 90 → 36
    assert terms(vat_included=False, vat_rate=0.0).margin_of(100.0) == pytest.approx(36.0)
    assert terms().cost_of(20) == 130.0


def test_before_anybody_answered_there_is_no_margin_and_the_note_says_so(workspace):
    assert queries.money_terms(workspace) is None
    assert not queries.is_answered(workspace)
    assert margin_sentence(1000.0, None, None, FINNISH) == ""
    assert cost_sentence(3, None, FINNISH) == ""
    note = money_note(workspace, None, FINNISH)
    assert (note.is_answered, note.address) == (False, PAGE)


def test_sentences_carry_the_interval_of_the_sum():
    with translation.override("fi"):
        said = margin_sentence(12_500.0, (10_000.0, 15_000.0), terms(), FINNISH)
        assert said.replace("\N{NO-BREAK SPACE}", " ") == "Kate noin 3,6 t€: todennäköisesti 2,9–4,3 t€"
        assert cost_sentence(20, terms(), FINNISH).replace("\N{NO-BREAK SPACE}", " ") == (
            "Ne maksavat noin 130 € (6,50 € kukin)"
        )


def test_an_answer_is_written_beside_the_earlier_ones(workspace, owner):
    first = domain.answer_money_questions(workspace=workspace, actor=owner, **ANSWERS)
    domain.answer_money_questions(workspace=workspace, actor=owner, **(ANSWERS | {"margin": 0.3}))
    given = queries.answers(workspace)
    assert [row.margin for row in given] == [0.3, 0.4]
    assert queries.money_terms(workspace).margin == 0.3
    workspace.refresh_from_db()
    assert workspace.cancelled_states == ["peruttu"]
    with scope(workspace=workspace):
        made = AuditEntry.objects.filter(action="money_answers.created")
        assert [entry.details for entry in made] == [{}, {}]
    with pytest.raises(TypeError):
        first.save()


def test_a_rate_beside_sums_without_vat_counts_for_nothing(workspace, owner):
    domain.answer_money_questions(workspace=workspace, actor=owner, **(ANSWERS | {"vat_included": False}))
    assert queries.money_terms(workspace).vat_rate == 0.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("margin", 1.2),
        ("margin", float("nan")),
        ("vat_rate", -0.1),
        ("returned", 1.0),
        ("contact_cost", -1.0),
        ("contact_cost", float("inf")),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_kept(workspace, owner, field, value):
    with pytest.raises(ValidationError) as refused:
        domain.answer_money_questions(workspace=workspace, actor=owner, **(ANSWERS | {field: value}))
    assert list(refused.value.message_dict) == [field]
    with scope(workspace=workspace):
        assert not MoneyAnswers.objects.exists()
    workspace.refresh_from_db()
    assert workspace.cancelled_states == []


def test_the_page_takes_numbers_as_finns_write_them(owner_client, workspace):
    assert owner_client.post(PAGE, FORM)["Location"] == PAGE
    (row,) = queries.answers(workspace)
    assert (row.margin, row.vat_included, row.vat_rate, row.returned, row.contact_cost, row.basis) == (
        pytest.approx(0.425),
        True,
        pytest.approx(0.255),
        pytest.approx(0.03),
        6.5,
        "estimate",
    )
    page = owner_client.get(PAGE).content.decode()
    assert 'value="42,5"' in page and "42,5\N{NO-BREAK SPACE}%" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"margin": "paljon"}, "margin"),
        ({"margin": "120"}, "margin"),
        ({"margin": ""}, "margin"),
        ({"vat_rate": ""}, "vat_rate"),
        ({"vat_included": ""}, "vat_included"),
        ({"contact_cost": "-3"}, "contact_cost"),
        ({"contact_cost": "9" * 19}, "contact_cost"),
        ({"basis": "guess"}, "basis"),
    ],
)
def test_a_wrong_answer_is_shown_at_its_question(owner_client, workspace, wrong, field):
    response = owner_client.post(PAGE, FORM | wrong)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not queries.is_answered(workspace)


def test_the_checklist_step_is_done_by_answering(owner_client, workspace):
    assert not queries.is_answered(workspace)
    owner_client.post(PAGE, FORM)
    assert queries.is_answered(workspace)


def test_the_address_is_the_one_that_notes_lead_to(workspace):
    assert reverse("decide:money", kwargs={"workspace": workspace.slug}) == PAGE


@pytest.mark.parametrize(
    ("state", "is_cancelled"),
    [
        ("Peruttu", True),
        ("hyvitetty", True),
        ("Palautettu", True),
        ("Palautus", True),
        ("canceled", True),
        ("order_cancelled", True),
        ("Returned", True),
        ("REFUNDED", True),
        ("partially_refunded", False),
        ("Osittain hyvitetty", False),
        ("Palautuspyyntö", False),
        ("toimitettu", False),
        ("Palaute annettu", False),
        ("perusmaksu", False),
    ],
)
def test_names_of_states_tell_what_was_cancelled(state, is_cancelled):
    assert means_cancelled(state) == is_cancelled


def ticked(given, workspace, newest=None) -> list[str]:
    form = MoneyForm(workspace=workspace, states=given, newest=newest, reader=FINNISH)
    return form["cancelled_states"].value()


def test_such_states_are_ticked_until_somebody_has_answered(workspace, owner):
    states = ["toimitettu", "Peruttu", "hyvitetty"]
    assert ticked(states, workspace) == ["Peruttu", "hyvitetty"]
    nothing = domain.answer_money_questions(
        workspace=workspace, actor=owner, **(ANSWERS | {"cancelled_states": []})
    )
    assert ticked(states, workspace, nothing) == []


def test_what_somebody_chose_before_is_not_added_to(workspace):
    workspace.cancelled_states = ["hyvitetty"]
    assert ticked(["Peruttu", "hyvitetty"], workspace) == ["hyvitetty"]


def test_who_has_answered_is_led_on(owner_client, workspace):
    to_map = f'href="/w/{workspace.slug}/journeys/">Kartalle'
    assert to_map not in owner_client.get(PAGE).content.decode()
    page = owner_client.post(PAGE, FORM, follow=True).content.decode()
    assert to_map in page
    assert "Seuraavaksi:" in page
