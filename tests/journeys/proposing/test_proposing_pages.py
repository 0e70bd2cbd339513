"""From what was received to a map and its measurement plan, in pages that work without a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import escape
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.journeys import domain
from polku.journeys.models import Binding, Journey, MeasurementCheck, Touchpoint
from polku.journeys.proposing.proposals import propose
from tests.journeys.received import NOW, hits, names_caught, orders, signals

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def in_english(workspace):
    workspace.language = "en"
    workspace.save()


@pytest.fixture
def base(workspace, received) -> str:
    return f"/w/{workspace.slug}/journeys/"


@pytest.fixture
def editor(owner_client) -> Client:
    owner_client.cookies["django_language"] = "en"
    return owner_client


def form_of(page: str) -> dict[str, object]:
    """What a browser would send of the proposal's form as it stands."""
    sent: dict[str, object] = {"row": re.findall(r'name="row" value="(\w+)"', page)}
    sent["take"] = re.findall(r'name="take" value="(\w+)" checked', page)
    for name, value in re.findall(r'<input[^>]* name="((?:stage-)?name(?:-\w+)?)" value="([^"]*)"', page):
        sent[name] = value
    for name, options in re.findall(r'<select[^>]* name="(stage-\w+)"[^>]*>(.*?)</select>', page):
        sent[name] = re.search(r'value="(\w+)" selected', options)[1]
    return sent


def named(page: str) -> list[str]:
    return re.findall(r'name="name-\w+" value="([^"]*)"', page)


def token(page: str, name: str) -> str:
    return re.search(rf'name="name-(\w+)" value="{escape(name)}"', page)[1]


def test_a_proposal_is_renamed_moved_thinned_and_becomes_a_map(workspace, store, editor, base):
    page = editor.get(f"{base}propose/").content.decode()
    assert named(page) == [
        "Product page", "Shopping cart", "Payment", "Order placed", "Delivery or collection",
        "Order cancelled", "Customer service", "Feedback survey", "Old",
    ]  # fmt: skip
    form = form_of(page) | {f"name-{token(page, 'Payment')}": "Maksaminen", "stage-name-buy": "Osto"}
    page = editor.post(f"{base}propose/", form | {"earlier": token(page, "Order placed")}).content.decode()
    assert named(page)[1:4] == ["Shopping cart", "Order placed", "Maksaminen"]
    # The first of its stage enters the one before it, as its last.
    page = editor.post(
        f"{base}propose/", form_of(page) | {"earlier": token(page, "Shopping cart")}
    ).content.decode()
    form = form_of(page)
    assert form[f"stage-{token(page, 'Shopping cart')}"] == "choose"
    form[f"stage-{token(page, 'Old')}"] = "buy"
    form["take"] = [each for each in form["take"] if each != token(page, "Feedback survey")]
    with scope(workspace=workspace):
        assert Journey.objects.count() == 0
    answer = editor.post(f"{base}propose/", form | {"name": "Ostopolku", "create": "1"})
    with scope(workspace=workspace):
        journey = Journey.objects.get()
        made = [
            (stage.name, [point.name for point in stage.touchpoints.all()]) for stage in journey.stages.all()
        ]
        cart = Touchpoint.objects.get(name="Shopping cart")
        entry = AuditEntry.objects.filter(workspace=workspace).latest("pk")
    assert answer["Location"] == f"{base}{journey.pk}/"
    assert (journey.name, entry.action) == ("Ostopolku", "journey.created")
    assert made == [
        ("Before the purchase", ["Product page", "Shopping cart"]),
        ("Osto", ["Order placed", "Maksaminen", "Old"]),
        ("The order arrives", ["Delivery or collection", "Order cancelled"]),
        ("After the purchase", ["Customer service"]),
    ]
    assert names_caught(store, workspace, cart) == ["cart", "cart"]
    assert editor.get(f"{base}{journey.pk}/").status_code == 200


def test_a_second_map_from_the_data_has_a_name_of_its_own(workspace, editor, base):
    names = []
    for _each in range(3):
        page = editor.get(f"{base}propose/").content.decode()
        names.append(re.search(r'id="proposal-name" name="name" value="([^"]*)"', page)[1])
        editor.post(f"{base}propose/", form_of(page) | {"create": "1"})
    first = "The customer’s journey"
    assert names == [first, f"{first} 2", f"{first} 3"]


def test_the_proposal_says_what_it_left_out_and_why(workspace, store, editor, base):
    states = ["shipped", "paid", "kolmas", "returned"]
    came = [
        {"message_id": f"{n:032x}", "order": f"x{n}", "person": f"q{n}", "time": NOW, "value": 1.0, "status": state}
        for n, state in enumerate(states, 7_000)
    ]  # fmt: skip
    store.load_orders(workspace.key.hex, orders(came), rules=())
    more = [{"name": name, "person": "a", "message_id": f"{n:032x}"}
            for n, name in enumerate(["scroll", "refund_requested"], 8_000)]  # fmt: skip
    store.load_signals(workspace.key.hex, signals(more), rules=())
    left = {each.name: (each.is_state, each.why) for each in propose(workspace).left_out}
    assert left == {
        "shipped": (True, "passed"),
        "paid": (True, "passed"),
        "kolmas": (True, "unknown"),
        "returned": (True, "told"),
        "scroll": (False, "technical"),
    }
    page = " ".join(editor.get(f"{base}propose/").content.decode().split())
    assert "5 events and states of orders were left out" in page
    assert re.search(r"Only the newest state of an order is known.*?paid <span.*?shipped <span", page)


def test_contacts_and_answers_go_where_something_happens(workspace, received):
    store_rows = {draft.key: draft for draft in propose(workspace).drafts}
    kinds = {key: [each["kind"] for each in draft.bindings] for key, draft in store_rows.items()}
    # "delivery" is about delivery, where orders arrive; of returns nothing else is known.
    assert kinds["delivery"] == ["order", "contact"]
    assert store_rows["support"].bindings[0]["names"] == ["return"]
    assert kinds["survey"] == ["score"]
    assert (store_rows["delivery"].signals, store_rows["delivery"].people) == (2, 2)


def test_answers_that_say_where_they_were_given_go_there(workspace, store):
    asked = [
        {"kind": 2, "name": "csat", "person": f"p{n}", "score": 4.0, "scale_low": 1.0, "scale_high": 5.0,
         "properties": properties}
        for n, properties in enumerate(
            ['{"touchpoint": "Maksu"}', '{"touchpoint": "Maksu"}', '{"touchpoint": "Sauna"}', None]
        )
    ]  # fmt: skip
    paid = [{"name": "payment_page", "person": "p0"}]
    store.load_signals(workspace.key.hex, signals([*paid, *asked]), rules=())
    found = {draft.key: (draft.signals, len(draft.bindings)) for draft in propose(workspace).drafts}
    assert found == {"payment": (3, 2), "answers:Sauna": (1, 1), "survey": (1, 1)}


def test_pages_stand_for_what_no_event_tells(workspace, store):
    addresses = ["/", "/tuote/1", "/tuote/2", "/kori", "/blogi/1"]
    rows = [
        {"name": "Page Viewed", "person": f"p{n}", "url": f"https://kauppa.fi{path}"}
        for n, path in enumerate(addresses)
    ]
    store.load_signals(workspace.key.hex, signals([*rows, {"name": "add_to_cart", "person": "p0"}]), rules=())
    proposal = propose(workspace)
    found = {draft.key: (draft.signals, draft.is_taken) for draft in proposal.drafts}
    assert found == {
        "home": (1, True), "product": (2, True), "basket": (1, True), "page:blogi": (1, False),
        "event:Page Viewed": (5, False),
    }  # fmt: skip


def test_what_a_form_says_wrongly_changes_nothing(workspace, editor, base):
    form = {
        "row": ["nonsense", "x" * 300],
        "take": ["nonsense"],
        "earlier": "nonsense",
        "stage-name-buy": "\0",
    }
    assert len(named(editor.post(f"{base}propose/", form).content.decode())) == 9
    answer = editor.post(f"{base}propose/", form | {"create": "1"})
    assert "Choose at least one touchpoint." in answer.content.decode()
    assert editor.get(f"{base}propose/preview/?draft=nonsense").status_code == 404
    with scope(workspace=workspace):
        assert Journey.objects.count() == 0


def test_a_preview_counts_and_shows_examples(editor, base):
    page = editor.get(f"{base}propose/").content.decode()
    address = f"{base}propose/preview/?draft={token(page, 'Shopping cart')}"
    whole, part = (
        editor.get(address, **extra).content.decode() for extra in ({}, {"HTTP_HX_REQUEST": "true"})
    )
    assert "<html" in whole and "<html" not in part
    for shown in (whole, part):
        assert "2 events from 2 people" in shown
        assert "https://kauppa.fi/cart" in shown


def test_without_data_the_page_says_what_to_bring(workspace, store, editor):
    page = editor.get(f"/w/{workspace.slug}/journeys/propose/").content.decode()
    assert "Nothing has come in yet to make a map of." in page
    assert f"/w/{workspace.slug}/import/" in page


def test_touchpoints_of_a_template_are_connected_to_what_fits(workspace, store, editor, base):
    answer = editor.post(f"{base}new/", {"name": "Polku", "kind": "as-is", "template": "four-phases"})
    with scope(workspace=workspace):
        journey = Journey.objects.get()
        points = {point.name: point for point in Touchpoint.objects.filter(stage__journey=journey)}
    connect = f"{base}{journey.pk}/connect/"
    assert answer["Location"] == connect
    page = editor.get(connect).content.decode()
    fitting = {int(number) for number in re.findall(r'name="connect" value="(\d+)" checked', page)}
    assert {name for name, point in points.items() if point.pk in fitting} == {
        "Product page", "Shopping cart", "Payment", "Order confirmation", "Delivery or collection",
        "Customer service", "Feedback survey",
    }  # fmt: skip
    chosen = [points[name].pk for name in ("Product page", "Payment")]
    done = editor.post(connect, {"connect": [*chosen, 999_999, "nonsense"]}, follow=True)
    assert "2 touchpoints were connected." in done.content.decode()
    with scope(workspace=workspace):
        connected = set(Binding.objects.values_list("touchpoint_id", flat=True))
    assert connected == set(chosen)
    assert names_caught(store, workspace, points["Payment"]) == ["payment"]
    assert len(hits(store, workspace, points["Product page"])) == 2


@pytest.fixture
def journey(workspace, received):
    made = domain.create_journey(workspace=workspace, name="Polku")
    stage = domain.add_stage(journey=made, name="Osto")
    cart = domain.add_touchpoint(stage=stage, name="Ostoskori", channels=["web"])
    domain.add_binding(touchpoint=cart, kind="event", names=["cart"])
    domain.add_binding(touchpoint=cart, kind="score", names=["never"])
    domain.add_touchpoint(stage=stage, name="Myymälä", channels=["store"], assumed_feeling=0.5)
    domain.add_touchpoint(stage=stage, name="Varasto", is_backstage=True)
    from polku.jobs import queue

    queue.work_off()
    return made


def test_the_plan_says_what_is_known_what_is_not_and_how_to_know_it(workspace, store, editor, base, journey):
    page = " ".join(editor.get(f"{base}{journey.pk}/plan/").content.decode().split())
    cart, shop = re.findall(r"<article.*?</article>", page)
    lanes = [re.sub(r"<[^>]+>", "", each).split(" last ")[0].strip()
             for each in re.findall(r"<dd>(.*?)</dd>", cart + shop)]  # fmt: skip
    assert lanes == [
        "2 people", "nothing yet", "nothing yet", "not known", "1 order",
        "not known", "not known", "a guess: positive", "not known", "not known",
    ]  # fmt: skip
    assert "Connected, but nothing has come yet." in cart
    assert "choose which reasons belong to this touchpoint" in cart
    assert "receipts of the till" in shop and "QR code" in shop
    assert "Varasto" not in page
    assert page.count("set there which touchpoint the answers are about") == 1
    assert "2 of 10" in page


def test_a_check_off_says_who_and_when_and_can_be_taken_back(
    workspace, editor, owner, teammate, base, journey
):
    with scope(workspace=workspace):
        shop = Touchpoint.objects.get(name="Myymälä")
    check = f"{base}{journey.pk}/touchpoints/{shop.pk}/plan/"
    answer = editor.post(check, {"lane": "say", "state": "arranged"})
    assert answer["Location"] == f"{base}{journey.pk}/plan/?open={shop.pk}#touchpoint-{shop.pk}"
    editor.post(check, {"lane": "contact", "state": "arranged"})
    editor.post(check, {"lane": "contact", "state": "not-needed"})
    for wrong in ({"lane": "nonsense", "state": "arranged"}, {"lane": "do", "state": "nonsense"}, {}):
        assert editor.post(check, wrong).status_code == 302

    def checks() -> list[tuple[str, str, object]]:
        with scope(workspace=workspace):
            rows = MeasurementCheck.objects.filter(touchpoint=shop.pk)
            return [(each.lane, each.state, each.checked_by) for each in rows]

    both = [("say", "arranged", owner), ("contact", "not-needed", owner)]
    assert checks() == both
    page = editor.get(f"{base}{journey.pk}/plan/").content.decode()
    assert "Omistaja" in page
    viewer = Client()
    viewer.force_login(teammate, backend=BACKEND)
    seen = viewer.get(f"{base}{journey.pk}/plan/")
    assert seen.status_code == 200 and "Seen to:" not in seen.content.decode()
    assert viewer.post(check, {"lane": "say", "state": ""}).status_code == 403
    # Whoever deletes a touchpoint and brings it back brings back its check-offs too.
    domain.undo_deletion(deletion=domain.delete_touchpoint(touchpoint=shop))
    assert checks() == both
    editor.post(check, {"lane": "say", "state": ""})
    editor.post(check, {"lane": "say", "state": ""})
    assert checks() == both[1:]


def test_the_tasks_of_one_touchpoint_are_unfolded_the_first_or_that_which_was_asked_for(
    workspace, editor, base, journey
):
    def unfolded(query: str) -> list[int]:
        page = editor.get(f"{base}{journey.pk}/plan/{query}").content.decode()
        articles = re.findall(r'(?s)<article class="plan-point" id="touchpoint-(\d+)".*?</article>', page)
        assert len(articles) > 1
        found = re.findall(
            r'id="touchpoint-(\d+)"(?:(?!</article>).)*?<details class="plan-work" open', page, re.S
        )
        return [int(number) for number in found]

    with scope(workspace=workspace):
        points = [
            point.pk
            for stage in journey.stages.all()
            for point in stage.touchpoints.all()
            if not point.is_backstage
        ]
    assert unfolded("") == unfolded("?open=nonsense") == points[:1]
    assert unfolded(f"?open={points[-1]}") == points[-1:]


def test_the_plan_counts_orders_as_the_map_does(workspace, store, journey):
    from polku import analytics
    from polku.journeys.views.measurement_plan import plan_of

    late = [
        {
            "message_id": f"{5_000:032x}",
            "order": "late",
            "person": "c",
            "time": NOW,
            "value": 9.0,
            "status": "sent",
        }
    ]
    store.load_orders(workspace.key.hex, orders(late), rules=())
    with scope(workspace=workspace):
        cells = plan_of(workspace, journey)[0][1][0].cells
    answer = analytics.run(workspace, {"kind": "journey", "journey": journey.pk})
    point = answer["stages"][0]["touchpoints"][0]
    assert (cells[0].figure, cells[4].figure) == ("2 people", "2 orders")
    assert (point["do"]["reached"]["value"], point["buy"]["orders"]) == (2, 2)
