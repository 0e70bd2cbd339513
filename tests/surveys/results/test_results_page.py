"""The results page: figures by the formulas, groups, periods, and what an anonymous survey hides."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django_scopes import scope

from polku.statistics import csat, nps
from polku.surveys.links import add_link
from polku.surveys.models import Invitation, LinkDay, Response, SurveyLink
from polku.surveys.results import columns as kept
from tests.surveys.results.answered import MOMENT, SHOP, answer, make_survey, publish


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.forget()


@pytest.fixture
def owner_client(owner_client, owner):
    owner.language = "en"
    owner.save()
    return owner_client


def page(client, survey, query=""):
    response = client.get(f"/w/{survey.workspace.slug}/surveys/{survey.pk}/results/{query}")
    assert response.status_code == 200
    return response


def sections(response):
    return {each.section.column: each.section for each in response.context["sections"]}


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text)).replace("\N{NO-BREAK SPACE}", " ")


def test_a_survey_without_answers_says_what_to_do(owner_client, workspace):
    survey = make_survey(workspace)
    response = page(owner_client, survey)
    assert "No answers yet" in words(response)
    assert f"/w/testikauppa/surveys/{survey.pk}/collect/" in response.content.decode()


def test_scores_are_those_of_the_formulas(owner_client, workspace):
    survey = make_survey(workspace)
    answer(survey, [{"recommend": 9, "satisfied": 5}] * 33 + [{"recommend": 7, "satisfied": 3}] * 10)
    answer(
        survey,
        [{"recommend": 2}] * 7 + [{"recommend": 0, "is_held": True}, {"recommend": 0, "is_test": True}],
    )
    response = page(owner_client, survey)
    expected = nps(promoters=33, passives=10, detractors=7)
    found = sections(response)
    assert found["recommend"].figure.main == "52"
    assert found["recommend"].figure.beside == f"probably {expected.low:.0f}–{expected.high:.0f}"
    assert found["recommend"].n == 50
    assert found["recommend"].reading == "Promoters 66%, passives 20%, detractors 14%."
    distribution = found["recommend"].tables[0]
    assert [row[1] for row in distribution.rows] == [0, 0, 7, 0, 0, 0, 0, 10, 0, 33, 0]
    share = csat(counts={5: 33, 3: 10})
    assert found["satisfied"].figure.main == f"{share.value:.0%}"
    assert [fact.value for fact in response.context["facts"]][:2] == ["50", "1"]


def test_few_answers_put_the_interval_first_and_grey(owner_client, workspace):
    survey = make_survey(workspace)
    answer(survey, [{"recommend": 10}] * 5 + [{"recommend": 7}] * 3 + [{"recommend": 1}] * 2)
    figure = sections(page(owner_client, survey))["recommend"].figure
    assert (figure.is_small, figure.main, figure.beside) == (True, "−19…65", "NPS 30")


def test_other_questions_are_counted_with_intervals(owner_client, workspace):
    survey = make_survey(workspace)
    answer(
        survey,
        [{"where": "shop", "liked": ["price", "range"]}] * 8 + [{"where": "other", "liked": ["price"]}] * 2,
    )
    found = sections(page(owner_client, survey))
    where = found["where"].tables[0].rows
    assert [(row[0], row[1], round(row[2], 2)) for row in where] == [
        ("In a shop", 8, 0.8),
        ("On the web", 0, 0.0),
        ("Something else", 2, 0.2),
    ]
    assert [round(end, 4) for end in where[0][3]] == [0.4902, 0.9433]
    assert [row[1] for row in found["liked"].tables[0].rows] == [10, 8]


def test_groups_and_filters_by_what_the_answers_know(owner_client, workspace):
    survey = make_survey(workspace)
    rows = [{"recommend": 10, "fields": {"store": "Oulu"}}] * 12 + [
        {"recommend": 3, "fields": {"store": "Pori"}, "where": "shop"}
    ] * 4
    answer(survey, [*rows, {"recommend": 5}])
    found = sections(page(owner_client, survey, "?by=field.store"))["recommend"].groups
    assert [(row[0], row[1], row[3]) for row in found.rows] == [
        ("Oulu", 100.0, 12),
        ("Pori", -100.0, 4),
        ("not known", -100.0, 1),
    ]
    only = page(owner_client, survey, "?only=field.store=Pori&only=answer.where=shop")
    assert sections(only)["recommend"].n == 4
    one_group = page(owner_client, survey, "?by=link")
    assert [row[3] for row in sections(one_group)["recommend"].groups.rows] == [17]
    assert "Nobody’s answers are of the kind" in words(page(owner_client, survey, "?only=field.store=Turku"))


def test_periods_are_of_the_workspace_s_calendar_and_wordings_are_marked(owner_client, workspace):
    survey = make_survey(workspace)
    february = dt.datetime(2026, 2, 10, 12, tzinfo=dt.UTC)
    night = dt.datetime(2026, 2, 28, 22, 30, tzinfo=dt.UTC)  # the first of March in Helsinki
    answer(survey, [{"recommend": 9, "at": february}, {"recommend": 1, "at": night}])
    import msgspec

    from polku.surveys.definition.questions import Nps

    renamed = msgspec.structs.replace(
        SHOP, questions=(Nps(key="recommend", text={}, about={"en": "the shop"}), *SHOP.questions[1:])
    )
    with scope(workspace=workspace):
        version = publish(survey, renamed)
        type(version).objects.filter(pk=version.pk).update(published_at=night)
    section = sections(page(owner_client, survey))["recommend"]
    assert [row[0] for row in section.periods.rows] == ["2/2026", "3/2026"]
    assert [row[3] for row in section.periods.rows] == [1, 1]
    assert [(mark.day, mark.text) for mark in section.marks] == [
        ("1 Mar 2026", "Version 2: the wording changed")
    ]
    weekly = sections(page(owner_client, survey, "?interval=week"))["recommend"]
    assert [row[3] for row in weekly.periods.rows] == [1, 0, 1]
    inside = page(owner_client, survey, "?range=custom&from=2026-03-01&to=2026-03-01")
    assert sections(inside)["recommend"].n == 1


def test_an_unfinished_period_is_marked(owner_client, workspace):
    survey = make_survey(workspace)
    now = dt.datetime.now(dt.UTC)
    answer(survey, [{"recommend": 9, "at": now - dt.timedelta(days=70)}, {"recommend": 9, "at": now}])
    section = sections(page(owner_client, survey))["recommend"]
    assert section.periods.rows[-1][0].endswith("(unfinished)")
    assert not section.periods.rows[0][0].endswith("(unfinished)")
    assert "chart-dot series-1 is-open" in section.charts[0].wide


def test_invited_people_have_a_response_rate_and_open_links_do_not(owner_client, workspace):
    survey = make_survey(workspace)
    with scope(workspace=workspace):
        link = add_link(survey=survey, kind=SurveyLink.Kind.EMAIL, name="Kirje")
        states = ["sent"] * 6 + ["declined", "bounced", "failed", "waiting", "skipped"]
        invitations = [
            Invitation.objects.create(
                workspace=workspace,
                survey=survey,
                link=link,
                state=state,
                send_at=MOMENT,
                digest=f"{number:064}",
            )
            for number, state in enumerate(states)
        ]
        answer(survey, [{"recommend": 9, "invitation": invitations[0], "link": link}])
        answer(survey, [{"recommend": 9, "invitation": invitations[1], "link": link, "state": "partial"}])
        answer(survey, [{"invitation": invitations[2], "link": link, "state": "started"}])
        answer(survey, [{"recommend": 9}, {"recommend": 8, "state": "partial"}])
        answer(survey, [{"recommend": 0, "is_held": True}])
        LinkDay.objects.create(
            workspace=workspace, link=survey.links.get(kind="open"), day=MOMENT.date(), displays=11, starts=5
        )
    from polku.surveys.honesty.rates import dispositions_of, rates_of

    with scope(workspace=workspace):
        assert dispositions_of(survey) == ({"I": 1, "P": 1, "R": 2, "NC": 1, "UO": 4}, 1)
        rates = rates_of(survey)
    assert rates.invited.rate.rr1.value == 1 / 9
    assert rates.invited.rate.rr2.value == 2 / 9
    assert (rates.offered.completes, rates.offered.starts, rates.offered.displays) == (1, 4, 10)
    assert rates.offered.participation.value == 0.1
    assert rates.offered.completion.value == 0.25
    said = words(page(owner_client, survey))
    assert "of 9 invited (RR1); with partial answers 22% (RR2)" in said


@pytest.mark.parametrize(
    ("answers", "score", "details"), [(4, False, False), (5, True, False), (7, True, False), (8, True, True)]
)
def test_anonymous_surveys_show_scores_from_5_and_distributions_from_8(
    owner_client, workspace, answers, score, details
):
    survey = make_survey(workspace, is_anonymous=True)
    answer(survey, [{"recommend": 9, "why": "Salainen sana"}] * answers)
    response = page(owner_client, survey)
    section = sections(response)["recommend"]
    assert (section.figure is not None) is score
    assert bool(section.tables) is details
    assert ("Salainen sana" in response.content.decode()) is details
    assert ("fewer than" in words(response)) or details


def test_anonymous_groups_are_hidden_with_the_next_smallest_and_never_crossed(owner_client, workspace):
    survey = make_survey(workspace, is_anonymous=True)
    rows = [
        {"recommend": 10, "fields": {"store": name}} for name in ["Oulu"] * 20 + ["Pori"] * 9 + ["Rauma"] * 3
    ]
    answer(survey, rows)
    groups = sections(page(owner_client, survey, "?by=field.store"))["recommend"].groups.rows
    assert [(row[0], row[3]) for row in groups] == [("Oulu", 20), ("Pori", None), ("Rauma", None)]
    shown = page(owner_client, survey, "?only=field.store=Oulu")
    assert sections(shown)["recommend"].figure.main == "70–100"
    hidden = page(owner_client, survey, "?only=field.store=Rauma")
    assert sections(hidden)["recommend"].figure is None
    for query in ("?only=field.store=Oulu&only=language=fi", "?range=7", "?segment=VIP"):
        refused = page(owner_client, survey, query)
        assert refused.context["sections"] == []
        assert "nobody can be told apart" in words(refused)


def test_anonymous_answers_lead_to_nobody(owner_client, workspace):
    survey = make_survey(workspace, is_anonymous=True)
    made = answer(survey, [{"recommend": 9, "why": "Kiitos"}] * 8 + [{"recommend": 1, "is_held": True}])
    content = page(owner_client, survey).content.decode()
    assert "/results/answers/" not in content
    address = f"/w/testikauppa/surveys/{survey.pk}/results"
    assert owner_client.get(f"{address}/answers/{made[0].pk}/").status_code == 404
    assert owner_client.post(f"{address}/answers/{made[-1].pk}/judge/").status_code == 404
    held = owner_client.get(f"{address}/held/").content.decode()
    assert "/results/answers/" not in held and "Anonymous answer" in held
    assert owner_client.post(f"{address}/held/let-in/").status_code == 302
    with scope(workspace=workspace):
        assert Response.objects.filter(survey=survey, is_held=True).count() == 0


def test_payloads_in_answers_names_and_fields_are_only_text(owner_client, workspace):
    payload = "<script>alert(1)</script>"
    survey = make_survey(workspace, name=payload)
    made = answer(survey, [{"recommend": 9, "why": payload, "fields": {"store": payload}, "url": payload}])
    for address in ("", "?by=field.store", "comments/", f"answers/{made[0].pk}/", "held/", "export/"):
        response = owner_client.get(f"/w/testikauppa/surveys/{survey.pk}/results/{address}")
        assert response.status_code == 200
        assert payload not in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?by=nothing",
        "?by=person.x&only==&only=%00",
        "?range=custom&from=x",
        "?interval=day&only=link",
        "?segment=%00",
    ],
)
def test_bad_addresses_are_answered(owner_client, workspace, query):
    survey = make_survey(workspace)
    answer(survey, [{"recommend": 9}])
    page(owner_client, survey, query)


def test_invited_people_of_anonymous_surveys_are_counted_without_knowing_whose_answer_is_whose(workspace):
    from polku.surveys.honesty.rates import dispositions_of

    survey = make_survey(workspace, is_anonymous=True)
    with scope(workspace=workspace):
        link = add_link(survey=survey, kind=SurveyLink.Kind.EMAIL, name="Kirje")
        for number in range(6):
            Invitation.objects.create(
                workspace=workspace,
                survey=survey,
                link=link,
                state="sent",
                send_at=MOMENT,
                digest=f"{number:064}",
                is_answered=number < 3,
            )
        answer(survey, [{"recommend": 9, "link": link}, {"recommend": 2, "link": link, "state": "partial"}])
        assert dispositions_of(survey) == ({"I": 1, "P": 1, "R": 1, "NC": 0, "UO": 3}, 0)
