"""The pages of moments: made, switched, edited, deleted and brought back, simulated; and the limits in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from polku.accounts.models import AuditEntry
from polku.surveys.domain import create_survey
from polku.surveys.models import Invitation, Moment
from polku.surveys.moments import looking
from polku.surveys.moments.answers import expected_answers
from polku.surveys.moments.fatigue import limits_of
from tests.surveys.moments.shop import arrive, moment_on, open_survey

pytestmark = pytest.mark.django_db
FORM = {
    "trigger": "event:Order Delivered",
    "delay": "2",
    "unit": "hours",
    "share": "20",
    "not_within_days": "30",
    "hours_from": "9",
    "hours_to": "20",
    "name": "",
    "filters-TOTAL_FORMS": "2",
    "filters-INITIAL_FORMS": "2",
    "filters-0-property": "country",
    "filters-0-op": "eq",
    "filters-0-value": "FI",
    "filters-1-property": "",
    "filters-1-op": "eq",
    "filters-1-value": "",
}


@pytest.fixture
def owner_client(owner_client):
    """Reads English."""
    owner_client.cookies["django_language"] = "en"
    return owner_client


@pytest.fixture
def pages(shop):
    """The address of the survey's moments."""
    survey = open_survey(shop)
    return survey, f"/w/{shop.slug}/surveys/{survey.pk}/moments/"


def text_of(response) -> str:
    return response.content.decode()


def deliveries(store, shop, count: int) -> None:
    """One a day at noon, of so many people."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
    arrive(
        store,
        shop,
        *(
            {
                "person": f"p{n}@example.com" if n % 4 else f"c-{n}",
                "time": noon - timedelta(days=n + 1),
                "properties": '{"country": "FI"}',
            }
            for n in range(count)
        ),
    )


def test_an_empty_page_says_what_to_do(owner_client, pages):
    _survey, address = pages
    shown = text_of(owner_client.get(address))
    assert "Ask at the right moment" in shown
    assert "One person is asked at most once in 30 days, whatever the survey." in shown


def test_a_moment_is_made_and_switched_on_and_stands_in_words(owner_client, pages, shop, store):
    _survey, address = pages
    deliveries(store, shop, 1)
    assert text_of(owner_client.get(f"{address}new/")).count("<option") > 5
    done = owner_client.post(f"{address}new/", FORM | {"switch_on": "1"}, follow=True)
    assert done.redirect_chain == [(address, 302)]
    moment = Moment.objects.get()
    assert (moment.name, moment.is_active, moment.share, moment.delay_minutes) == (
        "2 hours after Order Delivered, where country is FI",
        True,
        0.2,
        120,
    )
    assert moment.trigger == {
        "event": "Order Delivered",
        "where": [{"property": "country", "op": "eq", "value": "FI"}],
    }
    assert moment.looked_up_to == store.newest_arrival(shop.key.hex)
    shown = text_of(done)
    assert (
        "2 hours after <em>Order Delivered</em>, where country is FI, 20% of people, "
        "not if asked in the last 30 days, 9–20 o’clock"
    ) in shown
    assert [
        entry.action for entry in AuditEntry.objects.filter(action__startswith="moment").order_by("pk")
    ] == [
        "moment.created",
        "moment.switched_on",
    ]


def test_in_finnish_it_reads_as_one_says_it(owner_client, pages):
    survey, address = pages
    moment_on(survey, delay_minutes=120, share=0.2, not_within_days=30, hours_from=9, hours_to=20)
    owner_client.cookies["django_language"] = "fi"
    shown = text_of(owner_client.get(address))
    assert (
        "2 tuntia tapahtuman ”<em>Order Delivered</em>” jälkeen, 20\xa0% henkilöistä, "
        "ei jos kysytty 30 päivän sisällä, klo 9–20"
    ) in shown


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("trigger", "", "This field is required"),
        ("trigger", "nonsense", "Choose an event or a touchpoint from the list."),
        ("trigger", "touchpoint:999999", "There is no touchpoint"),
        ("share", "0", "greater than or equal to 1"),
        ("hours_to", "9", "The last hour must be after the first."),
        ("delay", "-1", "greater than or equal to 0"),
        ("not_within_days", "366", "less than or equal to 365"),
        ("filters-1-property", "city", "Give a value."),
    ],
)
def test_what_no_moment_can_mean_is_said_beside_its_field(owner_client, pages, field, value, said):
    _survey, address = pages
    response = owner_client.post(f"{address}new/", FORM | {field: value})
    assert response.status_code == 422
    assert said in text_of(response)
    assert not Moment.objects.exists()


def test_a_form_that_came_in_pieces_is_refused_in_words(owner_client, pages):
    _survey, address = pages
    pieces = {name: value for name, value in FORM.items() if not name.endswith("_FORMS")}
    response = owner_client.post(f"{address}new/", pieces)
    assert response.status_code == 422
    assert "ManagementForm data is missing" in text_of(response)
    assert owner_client.get(f"{address}simulate/", pieces).status_code == 200


def test_a_month_stays_a_month_when_the_form_is_opened_again(owner_client, pages):
    survey, address = pages
    moment = moment_on(survey, delay_months=1, trigger={"event": "Order Completed"})
    form = owner_client.get(f"{address}{moment.pk}/").context["form"]
    assert (form["delay"].value(), form["unit"].value()) == (1, "months")
    assert form["trigger"].value() == "event:Order Completed"
    owner_client.post(
        f"{address}{moment.pk}/", FORM | {"delay": "3", "unit": "days", "name": "Kolmen päivän päästä"}
    )
    moment.refresh_from_db()
    assert (moment.name, moment.delay_minutes, moment.delay_months, moment.is_active) == (
        "Kolmen päivän päästä",
        3 * 1440,
        0,
        True,
    )
    assert moment.link.name == moment.name


def test_a_survey_that_nobody_can_answer_cannot_be_asked_at_a_moment(owner_client, shop):
    draft = create_survey(workspace=shop, template="nps")
    address = f"/w/{shop.slug}/surveys/{draft.pk}/moments/"
    owner_client.post(f"{address}new/", FORM)
    moment = Moment.objects.get()
    done = owner_client.post(f"{address}{moment.pk}/switch/", {"on": "1"}, follow=True)
    assert "Publish the survey first" in text_of(done)
    moment.refresh_from_db()
    assert not moment.is_active


def test_switching_off_and_deleting_with_undo(owner_client, pages):
    survey, address = pages
    moment = moment_on(survey)
    assert "is off: it asks nobody" in text_of(
        owner_client.post(f"{address}{moment.pk}/switch/", {"on": "0"}, follow=True)
    )
    done = owner_client.post(f"{address}{moment.pk}/delete/", follow=True)
    assert "Ask at the right moment" in text_of(done)
    (token,) = {part.split('"')[0] for part in text_of(done).split('name="token" value="')[1:]}
    assert owner_client.get(f"{address}{moment.pk}/").status_code == 404
    back = owner_client.post(
        f"/w/{survey.workspace.slug}/surveys/moments/restore/", {"token": token}, follow=True
    )
    assert f"The moment “{moment.name}” is back." in text_of(back)


def test_what_came_of_it_is_told_in_numbers(owner_client, pages, shop, store):
    survey, address = pages
    moment_on(survey, since=timezone.now() - timedelta(days=2))
    now = timezone.now().replace(tzinfo=None)
    arrive(store, shop, *({"person": f"p{n}@example.com", "time": now} for n in range(3)))
    arrive(store, shop, {"person": "c-1", "time": now}, {"person": "c-2", "time": now})
    looking.look(shop)
    first, second, _third = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=first.pk).update(state="sent", is_answered=True)
    Invitation.objects.filter(pk=second.pk).update(state="skipped", why="limit_any")
    response = owner_client.get(address)
    (shown,) = response.context["shown"]
    told = shown.lately
    assert (told.triggered, told.unreachable, told.refused, told.waiting, told.sent, told.answered) == (
        5,
        2,
        1,
        1,
        1,
        1,
    )
    assert "2 could not be reached: no e-mail" in text_of(response)
    assert "1 had been asked too lately by some survey" in text_of(response)


def test_the_list_costs_as_many_questions_with_three_moments_as_with_one(
    owner_client, pages, django_assert_num_queries, django_assert_max_num_queries
):
    survey, address = pages
    moment_on(survey)
    owner_client.get(address)
    with django_assert_max_num_queries(60) as one:
        owner_client.get(address)
    moment_on(survey)
    moment_on(survey)
    with django_assert_num_queries(len(one)):
        owner_client.get(address)


def test_a_simulation_tells_whom_it_would_have_asked_and_how_many_answers_to_expect(
    owner_client, pages, shop, store
):
    _survey, address = pages
    deliveries(store, shop, 28)
    everybody = FORM | {"share": "100", "weeks": "4"}
    shown = owner_client.get(f"{address}simulate/", everybody)
    outlook = shown.context["outlook"]
    assert dict(outlook.steps) == {
        "Happened": "28",
        "Could not be reached: no e-mail": "7",
        "Would have been asked": "21",
    }
    assert "it would have asked 21 times" in outlook.reading
    assert outlook.answers.startswith("Expect perhaps 1–6 answers. This is an assumption: 5–30%")
    assert sum(int(row[2]) for row in outlook.rows) == 21
    assert "<svg" in text_of(shown)
    assert not Moment.objects.exists()
    with_other_filter = owner_client.get(f"{address}simulate/", everybody | {"filters-0-value": "SE"})
    assert "it never happened" in text_of(with_other_filter)
    bad = owner_client.get(f"{address}simulate/", everybody | {"trigger": "x", "weeks": "5"})
    assert "Look at the form" in text_of(bad)
    gone = owner_client.get(f"{address}simulate/", everybody | {"trigger": "touchpoint:999999"})
    assert "There is no touchpoint" in text_of(gone)
    for moment in ("9" * 30, "-1", "²"):
        assert owner_client.get(f"{address}simulate/", everybody | {"moment": moment}).status_code == 200


def test_without_data_a_simulation_says_so(owner_client, pages):
    _survey, address = pages
    assert "no data has come in yet" in text_of(owner_client.get(f"{address}simulate/", FORM))


def test_answers_are_expected_by_the_workspaces_own_response_rate_when_there_is_one(shop, pages):
    survey, _address = pages
    link = survey.links.first()
    sent = timezone.now() - timedelta(days=10)
    Invitation.objects.bulk_create(
        Invitation(
            workspace=shop,
            survey=survey,
            link=link,
            email=f"p{n}@example.com",
            state="sent",
            send_at=sent,
            sent_at=sent,
            is_answered=n < 40,
        )
        for n in range(200)
    )
    found = expected_answers(shop, 1_000)
    assert (found.is_measured, found.sent, found.answered, found.value) == (True, 200, 40, 200)
    assert 130 < found.low < 160
    assert 250 < found.high < 275
    # Those invited in the last days may still answer.
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=2))
    assert expected_answers(shop, 100).is_measured is False


def test_limits_are_set_in_days_and_stand_in_words(owner_client, shop):
    address = f"/w/{shop.slug}/surveys/limits/"
    assert "One person is asked at most once in 30 days" in text_of(owner_client.get(address))
    done = owner_client.post(address, {"any": "14", "nps": "90", "csat": ""}, follow=True)
    assert limits_of(shop) == {"": 14, "nps": 90}
    shown = text_of(done)
    assert "One person is asked at most once in 14 days, whatever the survey." in shown
    assert "NPS: of one person at most once in 90 days." in shown
    refused = owner_client.post(address, {"any": "400"})
    assert refused.status_code == 422
    assert limits_of(shop) == {"": 14, "nps": 90}
    assert "No limit holds across surveys" in text_of(owner_client.post(address, {"any": "0"}, follow=True))
