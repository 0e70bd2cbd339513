"""The map's addresses: parts for htmx, empty states, wrong addresses, roles."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import translation
from django_scopes import scope

from polku import analytics
from polku.eventstore.port import StoreState
from polku.jobs import queue
from polku.journeys import domain
from polku.journeys.views import map_drawing, map_filters, panel_model
from polku.site.formats import Reader

HTMX = {"HX-Request": "true"}


@pytest.fixture
def journey(workspace):
    with scope(workspace=workspace):
        return domain.create_journey(workspace=workspace, name="Ostopolku", template="four-phases")


def _address(workspace, journey, rest: str = "") -> str:
    return f"/w/{workspace.slug}/journeys/{journey.pk}/{rest}"


def _first_touchpoint(workspace, journey):
    with scope(workspace=workspace):
        stage = next(stage for stage in journey.stages.all() if stage.touchpoints.exists())
        return stage.touchpoints.first()


def test_a_map_without_data_says_so_and_shows_no_figures(owner_client, workspace, journey):
    html = owner_client.get(_address(workspace, journey), headers={"Accept-Language": "en"}).content.decode()
    assert "no data yet" in html
    assert "not asked yet" in html
    assert "How this map gets its figures" in html
    assert f"--workspace {workspace.slug}" in html


def test_a_map_without_touchpoints_says_what_to_do(owner_client, workspace):
    with scope(workspace=workspace):
        empty = domain.create_journey(workspace=workspace, name="Tyhjä")
    html = owner_client.get(_address(workspace, empty), headers={"Accept-Language": "en"}).content.decode()
    assert "The map is empty" in html
    assert f"/journeys/{empty.pk}/edit/" in html


def test_parts_are_parts(owner_client, workspace, journey):
    live = owner_client.get(
        _address(workspace, journey), headers=HTMX | {"HX-Target": "map-live"}
    ).content.decode()
    assert "<html" not in live
    assert 'id="map-live"' in live
    assert live.count('hx-swap-oob="') == 3
    side = owner_client.get(
        _address(workspace, journey), headers=HTMX | {"HX-Target": "map-side"}
    ).content.decode()
    assert side.strip().startswith("<aside")
    assert "hx-swap-oob" not in side


def test_the_panel_stands_at_its_own_address_and_in_the_page(owner_client, workspace, journey):
    point = _first_touchpoint(workspace, journey)
    part = owner_client.get(_address(workspace, journey, f"touchpoints/{point.pk}/")).content.decode()
    page = owner_client.get(_address(workspace, journey, f"?touchpoint={point.pk}")).content.decode()
    for html in (part, page):
        assert f'<article class="panel" data-touchpoint="{point.pk}">' in html
    assert len(re.findall('class="[^"]*is-chosen', page)) >= 6


@pytest.mark.parametrize("number", ["0", "999999", "-1", "1e3", "²", "9" * 40])
def test_a_touchpoint_that_is_not_on_the_map_is_a_wrong_address(owner_client, workspace, journey, number):
    assert owner_client.get(_address(workspace, journey), {"touchpoint": number}).status_code == 404


def test_numbers_above_a_thousand_are_not_written_with_spaces_in_addresses(owner_client, workspace, journey):
    with scope(workspace=workspace):
        stage = journey.stages.first()
        stage.touchpoints.create(pk=1_234_567, workspace=workspace, name="Kassa", order_key="zz")
    html = owner_client.get(_address(workspace, journey), headers={"Accept-Language": "fi"}).content.decode()
    assert "touchpoint-1234567" in html
    assert "touchpoints/1234567/" in html


def test_a_viewer_sees_the_map_and_no_button_to_edit(client, teammate, workspace, journey):
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(_address(workspace, journey))
    assert answer.status_code == 200
    assert f"/journeys/{journey.pk}/edit/" not in answer.content.decode()
    point = _first_touchpoint(workspace, journey)
    part = client.get(_address(workspace, journey, f"touchpoints/{point.pk}/")).content.decode()
    assert "/bindings/" not in part


def test_the_drawing_that_an_editor_was_given_is_not_given_to_a_viewer(owner_client, teammate, workspace):
    with scope(workspace=workspace):
        empty = domain.create_journey(workspace=workspace, name="Tyhjä")
    edit = f"/journeys/{empty.pk}/edit/"
    client = Client()
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    for _time in range(2):
        for htmx in ({}, HTMX | {"HX-Target": "map-live"}):
            assert edit in owner_client.get(_address(workspace, empty), headers=htmx).content.decode()
            assert edit not in client.get(_address(workspace, empty), headers=htmx).content.decode()


def test_one_drawing_serves_all_who_see_the_same(workspace, journey):
    query = {"kind": "journey", "journey": journey.pk}
    filters = map_filters.read_filters(QueryDict(), workspace, StoreState(0, None, None, 0, 0))

    def drawn(language: str = "fi", *, chosen=None, may_edit: bool = True):
        with scope(workspace=workspace), translation.override(language):
            return map_drawing.drawing(
                analytics.run(workspace, query),
                journey=journey,
                filters=filters,
                reader=Reader(language),
                chosen=chosen,
                has_signals=False,
                may_edit=may_edit,
            )

    first = drawn()
    point = _first_touchpoint(workspace, journey)
    assert drawn() is first
    assert "ei vielä kysytty" in first.figures
    assert "not asked yet" in drawn("en").figures
    assert drawn(may_edit=False).standouts != first.standouts
    assert "is-chosen" in drawn(chosen=point.pk).figures
    with scope(workspace=workspace):
        point.name = "Uusi nimi"
        point.save()
    assert "Uusi nimi" in drawn().figures
    assert "Uusi nimi" not in first.figures


def test_names_are_text_never_markup(owner_client, workspace):
    with scope(workspace=workspace):
        made = domain.create_journey(workspace=workspace, name="<script>alert(1)</script>")
        stage = domain.add_stage(journey=made, name='"><img src=x>')
        domain.add_touchpoint(stage=stage, name="<b>Maksu</b>")
    html = owner_client.get(_address(workspace, made)).content.decode()
    for raw in ("<script>alert", "<img src=x>", "<b>Maksu"):
        assert raw not in html


def test_the_map_asks_again_while_its_signals_are_being_found(owner_client, workspace, journey):
    def is_counting() -> bool:
        return 'data-counting="yes"' in owner_client.get(_address(workspace, journey)).content.decode()

    queue.work_off()
    assert not is_counting()
    point = _first_touchpoint(workspace, journey)
    with scope(workspace=workspace):
        domain.add_binding(touchpoint=point, kind="event", names=["cart"])
    assert is_counting()
    queue.work_off()
    assert not is_counting()


def test_the_version_is_cheap(owner_client, workspace, journey, django_assert_max_num_queries):
    owner_client.get(_address(workspace, journey, "version/"))  # remembers the workspace in the session
    with django_assert_max_num_queries(4):
        answer = owner_client.get(_address(workspace, journey, "version/"))
    assert set(answer.json()) == {"version"}


def test_another_workspaces_map_is_not_there(client, outsider, workspace, journey):
    client.force_login(outsider, backend="allauth.account.auth_backends.AuthenticationBackend")
    for rest in ("", "version/", f"touchpoints/{_first_touchpoint(workspace, journey).pk}/"):
        assert client.get(_address(workspace, journey, rest)).status_code == 404


@pytest.mark.parametrize(
    ("channels", "kind", "shown"),
    [
        ([], "event", False),
        (["web", "email"], "event", False),
        (["delivery"], "event", True),
        ([], "order", True),
    ],
)
def test_promises_are_told_only_where_orders_arrive(workspace, journey, channels, kind, shown):
    with scope(workspace=workspace):
        point = _first_touchpoint(workspace, journey)
        domain.update_touchpoint(touchpoint=point, channels=channels)
        domain.add_binding(touchpoint=point, kind=kind, names=["delivered"], rebuild=False)
        point.refresh_from_db()
        assert panel_model.tells_promise(point) is shown


def test_a_touchpoint_without_data_leads_to_connecting_some(owner_client, workspace, journey):
    point = _first_touchpoint(workspace, journey)
    html = owner_client.get(
        _address(workspace, journey, f"touchpoints/{point.pk}/"), headers={"Accept-Language": "en"}
    ).content.decode()
    assert html.count(f"/touchpoints/{point.pk}/bindings/") == 1
    assert "the map shows this touchpoint as an assumption" in html
