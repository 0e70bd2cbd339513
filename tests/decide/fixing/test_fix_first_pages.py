"""The pages of what to fix first: read, explained, corrected, taken into work, left and brought back."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
from django_scopes import scope

from polku.analytics import run
from polku.decide.losing.queries import history_of
from polku.decide.models import Dismissal
from polku.journeys.models import Action
from polku.site import documents
from tests.decide.acting.worlds_of_work import draw_shop, load_rows, rows_of_shop
from tests.decide.fixing.written_lists import a_list, a_row, draw_map, keep, without_euros

PAGE = "/w/testikauppa/fix-first/"


@pytest.fixture
def points(workspace, owner):
    owner.language, owner.name = "en", "Aino Omistaja"
    owner.save()
    return draw_map(workspace)


@pytest.fixture
def base(points):
    """The address of one journey's pages; its list has two rows with euros and one without."""
    pays, basket = points
    second = {
        "key": f"funnel:{basket.pk}",
        "unit": None,
        "p10": 8_500.0,
        "p50": 39_000.0,
        "p90": 70_000.0,
        "grade": "C",
    }
    rows = [a_row(1, pays), a_row(2, basket, **second), without_euros(3, pays)]
    keep(pays.stage.journey, a_list(rows))
    return f"{PAGE}{pays.stage.journey_id}/"


def of(base: str, page: str, key: str) -> str:
    return f"{base}{page}/?{urlencode({'pain': key})}"


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_list_tells_what_it_is_worth_how_it_is_known_and_what_lacks_euros(base, owner_client):
    page = text_of(owner_client.get(PAGE))
    assert page.index("€84,000") < page.index("€39,000")
    for part in (
        "€170,000",
        "probably €120,000–€220,000",
        "19% of the margin of your turnover (€880,000 a year)",
        "No euro is counted twice.",
        "Data until 30 Sep 2026.",
        "Counted from 90 days (2 Jul 2026–30 Sep 2026) and made into a year.",
        "probably €58,000–€110,000",
        "a compared change",
        "Nothing clearly worse, so no euros",
        "A goal for the touchpoint",
    ):
        assert part in page, part
    assert "being counted just now" not in page


def test_before_the_questions_about_money_pains_stand_without_euros(points, owner_client):
    pays, _basket = points
    pain = a_row(1, pays, p10=None, p50=None, p90=None, net=None, lacks=["money"])
    keep(pays.stage.journey, a_list([pain], money=None, turnover=None, total=None))
    page = text_of(owner_client.get(PAGE))
    assert "No euros yet: four questions are unanswered." in page
    assert "/w/testikauppa/settings/money/" in page
    assert "More people drop out than before" in page
    assert "€" not in page


def test_a_list_not_counted_yet_says_so_and_asks_until_it_is_there(points, owner_client):
    page = text_of(owner_client.get(PAGE))
    assert "being counted for the first time" in page
    counted = f"{PAGE}{points[0].stage.journey_id}/counted/"
    assert owner_client.get(counted).status_code == 204
    keep(points[0].stage.journey, a_list([]))
    assert "A newer list is ready" in text_of(owner_client.get(counted))
    assert owner_client.get(f"{counted}?reload")["HX-Refresh"] == "true"
    assert "No pain found" in text_of(owner_client.get(PAGE))


def test_without_a_journey_it_says_what_is_needed_first(workspace, owner_client, owner):
    owner.language = "en"
    owner.save()
    assert "First a map" in text_of(owner_client.get(PAGE))
    assert owner_client.get(f"{PAGE}?journey=99999").status_code == 404


def test_a_row_is_explained_and_a_persons_figure_takes_the_place_of_what_was_measured(
    base, points, owner_client
):
    pays, _basket = points
    key = a_row(1, pays)["key"]
    page = text_of(owner_client.get(of(base, "derivation", key)))
    assert "9,200 × 30% × 90% × €87.40 × 32% ≈ €84,000" in page
    assert "54% of the uncertainty" in page
    assert "last 28 days" in page
    assert 'value="27"' in page  # the cautious lost share, as percent
    prefix = page.partition('name="pain-')[2].partition("-people")[0]
    form = {"pain": key, "name": "lost_share"}
    fields = {f"pain-{prefix}-lost_share-{name}": value for name, value in
              {"low": "10 %", "middle": "20", "high": "25,5", "reason": "Maksupalvelun loki"}.items()}  # fmt: skip
    wrong = fields | {f"pain-{prefix}-lost_share-high": "15"}
    answer = owner_client.post(f"{base}inputs/", form | wrong)
    assert answer.status_code == 422
    assert "must ascend" in text_of(answer)
    answer = owner_client.post(f"{base}inputs/", form | fields)
    assert (answer.status_code, answer["Location"]) == (302, of(base, "derivation", key))
    held = history_of(pays.workspace, pays.stage.journey, key)[0]
    assert (held.low, held.middle, held.high, held.reason) == (0.1, 0.2, 0.255, "Maksupalvelun loki")
    page = text_of(owner_client.get(of(base, "derivation", key)))
    assert "being counted anew" in page
    assert "Maksupalvelun loki" in page
    keep(pays.stage.journey, a_list([a_row(1, pays)]))
    assert owner_client.post(f"{base}inputs/withdraw/", form).status_code == 302
    assert "withdrew it" in text_of(owner_client.get(of(base, "derivation", key)))
    answer = owner_client.post(f"{base}inputs/withdraw/", form, follow=True)
    assert "Nobody has put a figure in place of this one." in text_of(answer)
    assert owner_client.post(f"{base}inputs/", {"pain": key, "name": "unknown"}).status_code == 404


def test_the_cost_of_the_fix_is_one_sum(base, points, owner_client):
    pays, _basket = points
    key = a_row(1, pays)["key"]
    page = text_of(owner_client.get(of(base, "derivation", key)))
    prefix = "pain-" + page.partition('name="pain-')[2].partition("-people")[0]
    answer = owner_client.post(
        f"{base}inputs/",
        {"pain": key, "name": "cost", f"{prefix}-cost-middle": "12 000", f"{prefix}-cost-reason": ""},
    )
    assert answer.status_code == 302
    held = history_of(pays.workspace, pays.stage.journey, key)[0]
    assert (held.name, held.low, held.middle, held.high) == ("cost", 12_000, 12_000, 12_000)


def test_a_row_is_taken_into_work_with_what_most_would_fill_in(base, points, owner, owner_client):
    pays, _basket = points
    key = a_row(1, pays)["key"]
    page = text_of(owner_client.get(of(base, "take", key)))
    assert "Mend: Maksu, browser: Safari" in page
    due = (dt.date.today() + dt.timedelta(days=28)).isoformat()
    form = {"name": "Korjaa maksu", "owner": owner.pk, "due_on": "2026-12-05", "figure": "continued"}
    assert due[:7] in page
    answer = owner_client.post(of(base, "take", key), form, follow=True)
    assert "“Korjaa maksu” is in work and on the map." in text_of(answer)
    assert "Aino Omistaja" in text_of(answer)
    with scope(workspace=pays.workspace):
        action = Action.objects.select_related("opportunity").get()
    assert (action.name, action.due_on.isoformat(), action.metric["figure"]) == (
        "Korjaa maksu",
        "2026-12-05",
        "continued",
    )
    assert action.opportunity.estimate["p50"] == 84_222.0
    assert action.opportunity.pain_key == key
    again = owner_client.post(of(base, "take", key), form)
    assert (again.status_code, "taken this into work already" in text_of(again)) == (422, True)
    empty = owner_client.post(of(base, "take", key), form | {"name": "", "due_on": "0001-01-01"})
    assert empty.status_code == 422


def test_a_row_is_left_with_its_reason_and_comes_back(base, points, owner_client):
    pays, _basket = points
    key = a_row(1, pays)["key"]
    assert owner_client.post(of(base, "dismiss", key), {"reason": "  "}).status_code == 422
    answer = owner_client.post(of(base, "dismiss", key), {"reason": "Uusi kassa tulee"}, follow=True)
    page = text_of(answer)
    assert "1 row was left" in page
    assert "“Uusi kassa tulee”" in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    assert owner_client.post(f"{PAGE}restore/", {"token": token}, follow=True).status_code == 200
    with scope(workspace=pays.workspace):
        assert Dismissal.objects.filter(taken_back_at=None).count() == 0
    owner_client.post(of(base, "dismiss", key), {"reason": "Uusi kassa tulee"})
    answer = owner_client.post(f"{base}bring-back/", {"pain": key}, follow=True)
    assert "“Maksu” is back on the list." in text_of(answer)
    assert owner_client.post(f"{PAGE}restore/", {"token": "väärä"}).status_code == 302


def test_who_may_only_look_sees_no_button_and_changes_nothing(base, points, teammate, client):
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = a_row(1, points[0])["key"]
    listed = client.get(PAGE).content.decode()
    assert "84 000" in listed.replace("\N{NO-BREAK SPACE}", " ")
    assert "/take/" not in listed
    assert client.get(of(base, "derivation", key)).status_code == 200
    for page in ("take", "dismiss", "inputs", "bring-back"):
        assert client.post(of(base, page, key)).status_code == 403


def test_who_meets_a_pain_is_counted_for_all_and_named_to_those_who_may_see_them(
    store, workspace, owner, owner_client, teammate
):
    owner.language = "en"
    owner.save()
    pays, _tracking = draw_shop(workspace)
    load_rows(store, workspace, rows_of_shop(shares={"Safari": (0.4, 0.4)}, seed=3, per_day=2, days=(0, 4)))
    keep(
        pays.stage.journey,
        a_list([a_row(1, pays)], period={"from": "2026-03-01", "to": "2026-03-05", "days": 5}),
    )
    page = of(f"{PAGE}{pays.stage.journey_id}/", "people", a_row(1, pays)["key"])
    told = text_of(owner_client.get(page))
    assert "8 people came here" in told
    assert "/w/testikauppa/people/" in told
    part = owner_client.get(page, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    owner_client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    told = text_of(owner_client.get(page))
    assert "8 ihmistä tuli tänne" in told
    assert "/w/testikauppa/people/" not in told


def test_a_row_that_is_gone_leads_back_to_the_list(base, owner_client):
    answer = owner_client.get(of(base, "derivation", "funnel:1:gone"), follow=True)
    assert "not on the list any more" in text_of(answer)
    part = owner_client.get(of(base, "derivation", "x" * 999), headers={"hx-request": "true"})
    assert part["HX-Redirect"].startswith(f"{PAGE}?journey=")


def test_the_management_team_gets_one_page_whatever_is_on_it(points, owner_client):
    pays, _basket = points
    long = "Erittäin pitkä kosketuspisteen nimi, jota kukaan ei lue loppuun " * 3
    rows = [
        a_row(rank, pays) | {"key": f"row {rank}", "touchpoint": {"id": pays.pk, "name": long}}
        for rank in range(1, 13)
    ]
    keep(pays.stage.journey, a_list(rows))
    base = f"{PAGE}{pays.stage.journey_id}/"
    told = {"fi": "8 pienempää riviä ei ole mukana.", "en": "8 smaller rows are not shown."}
    for language, words in told.items():
        sheet = owner_client.get(f"{base}sheet/?language={language}")
        assert words in text_of(sheet)
        assert "sha256-" in sheet["Content-Security-Policy"]
    laid_out = documents.document_of(sheet.content.decode())
    assert len(laid_out.pages) == 1
    boxes = [box for box in laid_out.pages[0]._page_box.descendants() if box.element is not None]
    under = next(box for box in boxes if "under" in (box.element.get("class") or ""))
    notes = next(box for box in boxes if box.element.get("class") == "notes")
    assert under.position_y + under.height < notes.position_y


def test_the_page_comes_as_a_file(base, owner_client):
    answer = owner_client.get(f"{base}fix-first.pdf?language=fi")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('-fi.pdf"')
    assert answer.content[:5] == b"%PDF-"


def test_the_map_has_the_greatest_loss_of_each_touchpoint(base, points, owner, owner_client):
    pays, _basket = points
    journey = pays.stage.journey

    def losses() -> dict:
        with scope(workspace=pays.workspace):
            document = run(pays.workspace, {"kind": "journey", "journey": journey.pk})
        return {
            point["name"]: point["loss"] for stage in document["stages"] for point in stage["touchpoints"]
        }

    found = losses()
    assert found["Maksu"] == {
        "value": 84_222.0, "ci": [58_123.0, 112_480.0], "n": 1988, "grade": "B", "at_most": False,
        "pain": a_row(1, pays)["key"], "others": 0,
    }  # fmt: skip
    assert found["Ostoskori"]["value"] == 39_000.0
    drawn = text_of(owner_client.get(f"/w/testikauppa/journeys/{journey.pk}/?touchpoint={pays.pk}"))
    assert "€84k" in drawn
    assert of(f"{PAGE}{journey.pk}/", "derivation", a_row(1, pays)["key"]).replace("&", "&amp;") in drawn
    owner_client.post(of(base, "dismiss", a_row(1, pays)["key"]), {"reason": "Uusi kassa tulee"})
    assert losses()["Maksu"] is None
