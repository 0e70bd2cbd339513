"""The funnel's page: built from proposals or by hand, read, saved, shared, exported; and nothing breaks it."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest
from django.test import Client
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.analytics import run
from polku.analytics.explore import domain, queries
from polku.analytics.models import SavedQuestion
from polku.eventstore import cancelling

BASE = "/w/testikauppa/explore/"
FUNNEL = f"{BASE}funnel/"
STEPS = "step=event:Product+Viewed&step=event:Product+Added&step=event:Order+Completed"
PARAMETERS = [("step", "event:Product Viewed"), ("step", "event:Product Added")]


@pytest.fixture
def events(shop):
    """60 look at a product, 40 of them (the first ones) add it to the basket within an hour, 10 order; the other 20
    search. All on 1 and 2 March 2026; people are named p0 … p59."""
    looks = [(f"p{n}", "Product Viewed", f"2026-03-01T10:{n:02d}") for n in range(60)]
    adds = [(f"p{n}", "Product Added", f"2026-03-01T11:{n:02d}") for n in range(40)]
    orders = [(f"p{n}", "Order Completed", f"2026-03-01T12:{n:02d}") for n in range(10)]
    searches = [(f"p{n}", "Products Searched", f"2026-03-02T10:{n:02d}") for n in range(40, 60)]
    shop.events(*looks, *adds, *orders, *searches)
    return shop


def signed_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def shown(response) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def save(client, **more) -> SavedQuestion:
    client.post(
        f"{FUNNEL}save/", {"name": "Kassalle", "state": f"range=all&{STEPS}", "is_shared": "on"} | more
    )
    with scope(workspace=client.get(BASE).wsgi_request.workspace):
        return SavedQuestion.objects.latest("pk")


def test_who_comes_first_is_offered_the_funnels_of_their_data(events, owner):
    client = signed_in(owner)
    page = client.get(FUNNEL)
    text = shown(page)
    assert "From looking at a product to the order" in text
    assert "Viewed a product → Added a product to the basket → Sent the order" in text
    link = html.unescape(re.findall(r'class="proposal" href="([^"]+)"', page.content.decode())[0])
    assert "17% of those who came to “Viewed a product” got to “Sent the order”" in shown(client.get(link))
    assert "From looking at a product to the order" in shown(client.get(BASE))


def test_without_a_shops_words_the_commonest_way_is_proposed(shop, owner):
    for number in range(3):
        shop.events(
            *((f"a{number}", name, f"2026-03-01T10:0{place}") for place, name in enumerate("uvxy")),
        )
    assert "U → V → X → Y" in shown(signed_in(owner).get(FUNNEL))


def test_the_answer_in_a_sentence_in_columns_and_as_a_table(events, owner):
    text = shown(signed_in(owner).get(f"{FUNNEL}?{STEPS}"))
    assert "(probably 9–28%)" in text
    assert "The largest share drops out before “Sent the order”: 75%, 30 people." in text
    for words in ("67% went on 54–77%", "half within 60 min", "20 dropped out"):
        assert words in text
    assert '"kind": "funnel"' in text and "curl http://testserver/api/v1/query" in text


def test_small_shares_keep_their_digits_and_few_people_are_not_judged(shop, owner):
    shop.events(
        *((f"p{n}", "a", f"2026-03-01T{n // 60:02d}:{n % 60:02d}") for n in range(1000)),
        *((f"p{n}", "b", "2026-03-02T10:00") for n in range(50)),
        *((f"p{n}", "c", "2026-03-02T11:00") for n in range(6)),
    )
    steps = "&".join(f"step=event:{name}" for name in "abc")
    client = signed_in(owner)
    text = shown(client.get(f"{FUNNEL}?{steps}"))
    assert "0.60% of those who came to “A” got to “C” (probably 0.28–1.30%)." in text
    assert "The largest share drops out before “B”: 95%, 950 people." in text
    text = shown(client.get(f"{FUNNEL}?{steps}&step=event:d"))
    assert "Nobody who came to “A” got to “D”." in text
    assert "The largest share drops out before “B”" in text  # not before D: six are too few to say


def test_of_shares_that_chance_does_not_tell_apart_the_one_that_loses_most_is_named(shop, owner):
    shop.events(
        *((f"p{n}", "a", f"2026-03-01T10:{n:02d}") for n in range(60)),
        *((f"p{n}", "b", "2026-03-02T10:00") for n in range(31)),
        *((f"p{n}", "c", "2026-03-02T11:00") for n in range(15)),
    )
    text = shown(signed_in(owner).get(f"{FUNNEL}?step=event:a&step=event:b&step=event:c"))
    assert "The largest share drops out before “B”: 48%, 29 people." in text  # before C: 52 %, of 31 people


def test_buttons_of_the_builder_change_the_steps_and_keep_the_rest(events, owner):
    client = signed_in(owner)
    here = "range=all&window=P30D&step=event:a&step=event:b&step=event:c"
    kept = "range=all&window=P30D&"
    for wish, steps in {
        "up:1": ["b", "a", "c"],
        "down:1": ["a", "c", "b"],
        "remove:0": ["b", "c"],
        "up:0": ["a", "b", "c"],
        "down:2": ["a", "b", "c"],
        "remove:99": ["a", "b", "c"],
        "up:x": ["a", "b", "c"],
    }.items():
        response = client.get(f"{FUNNEL}?{here}&do={wish}")
        expected = kept + "&".join(f"step=event%3A{step}" for step in steps)
        assert (response.status_code, response.url) == (302, f"{FUNNEL}?{expected}"), wish
    assert client.get(f"{FUNNEL}?{here}&do=clear").url == f"{FUNNEL}?range=all&window=P30D"


def test_htmx_gets_the_part_alone_and_the_shortest_address(events, owner):
    headers = {"hx-request": "true", "hx-target": "explore"}
    response = signed_in(owner).get(
        f"{FUNNEL}?{STEPS}&range=28&segment=&order=ordered&step=", headers=headers
    )
    assert response.content.decode().lstrip().startswith('<div id="explore"')
    assert response["HX-Push-Url"] == f"{FUNNEL}?{STEPS.replace('event:', 'event%3A')}"


def test_who_dropped_out_is_told_by_name_only_to_those_who_may_see_people(events, owner, teammate):
    address = f"{FUNNEL}?{STEPS}&who=2-dropped"
    told = shown(signed_in(owner).get(address))
    assert "Dropped out before “Added a product to the basket”" in told
    assert "Searched the site 100%" in told
    assert "p59" in told
    viewer = shown(signed_in(teammate).get(address))  # a viewer
    assert "Searched the site 100%" in viewer
    assert not re.search(r"\bp\d\d\b", viewer)


def test_a_saved_question_keeps_its_period_relative_and_answers_as_the_query_does(events, owner, workspace):
    client = signed_in(owner)
    question = save(client, state=STEPS)
    assert question.parameters == [
        ["step", f"event:{name}"] for name in ("Product Viewed", "Product Added", "Order Completed")
    ]
    page = client.get(client.get(f"{BASE}{question.pk}/").url)
    assert "<h1>Kassalle</h1>" in page.content.decode()
    with scope(workspace=workspace):
        query = queries.query_of(question)
        assert query["range"]["to"].startswith("2026-03-03")
        assert [step["count"] for step in run(workspace, query)["steps"]] == [60, 40, 10]
        events.events(("late", "Product Viewed", "2026-04-01T10:00"))
        assert queries.query_of(question)["range"]["to"].startswith("2026-04-02")
    assert "Kassalle" in shown(client.get(BASE))


def test_who_came_to_a_step_is_told_too(events, owner):
    client = signed_in(owner)
    text = shown(client.get(f"{FUNNEL}?{STEPS}&who=1-reached"))
    assert "Came to “Viewed a product”" in text and "What they did next" in text
    assert "What they share" not in text
    assert "What they share" in shown(client.get(f"{FUNNEL}?{STEPS}&who=2-reached"))


def test_without_data_the_pages_say_what_would_bring_some(workspace, owner):
    client = signed_in(owner)
    for address in (FUNNEL, f"{FUNNEL}?{STEPS}", BASE):
        text = shown(client.get(address))
        assert "There is no data to ask yet" in text or "Nobody came to" in text


def test_looking_at_people_changes_no_saved_question(events, owner):
    client = signed_in(owner)
    question = save(client, state=f"range=all&{STEPS}&who=3-dropped")
    assert not any(name == "who" for name, _value in question.parameters)
    page = client.get(f"{queries.address_of(question)}&who=2-dropped").content.decode()
    assert "<h1>Kassalle</h1>" in page and "Save the changes" not in page
    closed = html.unescape(re.search(r'class="panel-close icon-button" href="([^"]+)"', page).group(1))
    assert closed == queries.address_of(question)
    assert "Save the changes" in client.get(f"{closed}&window=P1D").content.decode()


def test_changing_renaming_and_keeping_to_oneself(events, owner, teammate, workspace):
    client, other = signed_in(owner), signed_in(teammate)
    question = save(client)
    assert other.get(f"{BASE}{question.pk}/").status_code == 302
    client.post(f"{BASE}{question.pk}/change/", {"state": "range=all&step=event:a&step=event:b&junk=1"})
    client.post(f"{BASE}{question.pk}/change/", {"name": " Oma  nimi "})
    question.refresh_from_db()
    assert question.parameters == [["range", "all"], ["step", "event:a"], ["step", "event:b"]]
    assert (question.name, question.is_shared) == ("Oma nimi", False)
    assert other.get(f"{BASE}{question.pk}/").status_code == 404
    assert "Oma nimi" not in shown(other.get(BASE))
    assert other.post(f"{BASE}{question.pk}/delete/").status_code == 403
    with scope(workspace=workspace):
        actions = list(
            AuditEntry.objects.filter(action__startswith="question").values_list("action", flat=True)
        )
    assert sorted(actions) == ["question.created", "question.updated", "question.updated"]


def test_deleting_can_be_undone(events, owner, workspace):
    client = signed_in(owner)
    question = save(client)
    page = client.post(f"{BASE}{question.pk}/delete/", follow=True).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert client.get(f"{BASE}{question.pk}/").status_code == 404
    assert "is back" in shown(client.post(f"{BASE}restore/", {"token": token.group(1)}, follow=True))
    with scope(workspace=workspace):
        (back,) = SavedQuestion.objects.all()
    assert (back.name, back.parameters, back.owner) == ("Kassalle", question.parameters, owner)
    assert "no longer be undone" in shown(client.post(f"{BASE}restore/", {"token": "x"}, follow=True))


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_that_cannot_be_kept_is_said_and_nothing_is_lost(events, owner, workspace, name):
    response = signed_in(owner).post(f"{FUNNEL}save/", {"name": name, "state": STEPS}, follow=True)
    assert ("Give the question a name" if not name.strip() else "At most 120") in shown(response)
    assert response.redirect_chain[-1][0] == f"{FUNNEL}?{STEPS}"
    with scope(workspace=workspace):
        assert not SavedQuestion.objects.exists()


def test_exports_say_what_the_page_says(events, owner):
    client = signed_in(owner)
    response = client.get(f"{FUNNEL}export/csv/?{STEPS}")
    assert response["Content-Disposition"] == 'attachment; filename="funnel.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [
        ["Viewed a product", "60", "1.0"],
        ["Added a product to the basket", "40", str(40 / 60)],
        ["Sent the order", "10", str(10 / 60)],
    ]
    assert client.get(f"{FUNNEL}export/png/?{STEPS}").content[:4] == b"\x89PNG"
    assert client.get(f"{FUNNEL}export/xlsx/?{STEPS}").content[:2] == b"PK"
    empty = client.get(f"{FUNNEL}export/csv/", follow=True)
    assert "nothing to export yet" in shown(empty)


def test_the_query_shown_is_the_query_asked(events, owner, workspace):
    page = (
        signed_in(owner)
        .get(f"{FUNNEL}?range=all&window=none&unit=session&order=any&{STEPS}")
        .content.decode()
    )
    query = json.loads(html.unescape(re.search(r'id="program-query">([^<]+)<', page).group(1)))
    assert query == {
        "kind": "funnel",
        "steps": [{"event": name} for name in ("Product Viewed", "Product Added", "Order Completed")],
        "window": None,
        "order": "any",
        "unit": "session",
    }
    with scope(workspace=workspace):
        assert run(workspace, query)["steps"][0]["count"] == 110  # visits: an hour lies between two steps


@pytest.mark.parametrize(
    "asked",
    [
        "step=nonsense&step=event:a",
        "step=touchpoint:0&step=event:a",
        "step=touchpoint:99999999999999999999&step=event:a",
        "step=touchpoint:4711&step=event:a",
        "step=event:&step=event:%00&step=event:a",
        f"step=event:{'x' * 5000}&step=event:b",
        "&".join(f"step=event:{number}" for number in range(400)),
        f"{STEPS}&range=custom&from=2026-03-05&to=2026-03-01",
        f"{STEPS}&range=custom&from=9999-99-99",
        f"{STEPS}&range=nonsense&window=P1Y&order=sideways&unit=dog&who=99-dropped",
        f"{STEPS}&who=1-dropped",
        f"{STEPS}&who=3-reached",
        f"{STEPS}&segment=nobody&compare=segment:nobody",
        f"{STEPS}&compare=previous&range=all",
        f"{STEPS}&breakdown=%27%3B--&exclude=nonsense",
        f"{STEPS}&exclude=event:Products+Searched&order=any",
        f"{STEPS}&saved=99999&do=%00",
        f"{STEPS}&saved=x",
    ],
)
def test_no_address_breaks_the_page(events, owner, asked):
    client = signed_in(owner)
    assert client.get(f"{FUNNEL}?{asked}", follow=True).status_code == 200
    for file_format in ("csv", "xlsx", "png"):
        assert client.get(f"{FUNNEL}export/{file_format}/?{asked}", follow=True).status_code == 200


def test_a_workspace_has_room_for_so_many_questions(events, owner, workspace):
    with scope(workspace=workspace):
        SavedQuestion.objects.bulk_create(
            SavedQuestion(workspace=workspace, name=str(number), kind="funnel")
            for number in range(domain.MOST_QUESTIONS)
        )
    text = shown(signed_in(owner).post(f"{FUNNEL}save/", {"name": "x", "state": STEPS}, follow=True))
    assert "at most 1000 saved questions" in text


def test_filters_narrow_the_question_and_are_taken_away_one_by_one(shop, owner):
    def known(number):
        return {"properties": {"city": "Oulu" if number % 4 else "Turku", "age": number}}

    shop.events(
        *((f"q{number}", "a", f"2026-03-01T10:{number:02d}", known(number)) for number in range(40)),
        *((f"q{number}", "b", f"2026-03-01T11:{number:02d}", known(number)) for number in range(40)),
    )
    client = signed_in(owner)
    filters = "property=city&op=eq&value=Oulu&property=age&op=ge&value=20&property=&op=eq&value="
    page = client.get(f"{FUNNEL}?step=event:a&step=event:b&{filters}")
    text = shown(page)
    assert "15 : who they are 100%" in text
    assert "city is Oulu" in text and "age is at least 20" in text
    gone = client.get(f"{FUNNEL}?step=event:a&step=event:b&{filters}&do=unfilter:0")
    assert gone.url == f"{FUNNEL}?step=event%3Aa&step=event%3Ab&property=age&op=ge&value=20"
    for odd in (
        "property=city&op=like&value=x",
        "property=city&value=x",
        "property=city&op=in&value=,",
        "op=eq",
    ):
        assert "40 : who they are 100%" in shown(client.get(f"{FUNNEL}?step=event:a&step=event:b&{odd}"))


def test_filters_understand_values_as_people_call_them(shop, owner):
    def known(number):
        return {"channel": "store", "properties": {"device_type": "phone" if number % 4 else "tablet"}}

    shop.events(*((f"q{number}", "a", f"2026-03-01T10:{number:02d}", known(number)) for number in range(40)))
    client = Client(headers={"accept-language": "fi"})
    client.force_login(owner)
    for filters, words, left in (
        ("property=device_type&op=eq&value=Puhelin", "laite on puhelin", 30),
        ("property=device_type&op=in&value=tabletti,+phone", "laite on jokin näistä: tabletti, puhelin", 40),
        ("property=channel&op=ne&value=myymälä", "kanava ei ole myymälä", 0),
    ):
        text = shown(client.get(f"{FUNNEL}?step=event:a&step=event:a&{filters}"))
        assert words in text
        assert (f"{left} : keitä he ovat" in text) == (left > 0)


def test_what_a_step_cannot_tell_is_said(events, owner):
    client = signed_in(owner)
    assert "“City” is not known at the step “Viewed a product”" in shown(
        client.get(f"{FUNNEL}?{STEPS}&range=all&breakdown=city")
    )
    assert "No order in this period has the step “Viewed a product”" in shown(
        client.get(f"{FUNNEL}?{STEPS}&range=all&unit=order")
    )


def test_properties_called_the_same_are_told_apart(shop, owner):
    properties = {"device": "x", "device_type": "phone", "region": "y"}
    shop.events(("q", "a", "2026-03-01T10:00", {"properties": properties}))
    content = signed_in(owner).get(FUNNEL).content.decode()
    options = dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', content))
    assert (options["device"], options["region"]) == ("Device", "Region")
    assert options["device_type"] == "Device (recognised by Polku)"


def test_a_question_that_was_stopped_says_so_on_its_page(events, owner):
    client = signed_in(owner)
    client.get(f"{FUNNEL}?{STEPS}")
    with cancelling.asking() as asked:
        asked.cancel()
        text = shown(
            client.get(f"{FUNNEL}?{STEPS}&window=P1D", headers={"hx-request": "true", "hx-target": "explore"})
        )
    assert "The question was cancelled." in text
    assert "went on" in shown(client.get(f"{FUNNEL}?{STEPS}&window=P1D"))
