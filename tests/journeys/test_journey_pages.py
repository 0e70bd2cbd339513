"""The pages for editing a map, for an owner, a viewer and an outsider, with and without htmx, in both languages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from polku.journeys import domain
from polku.journeys.models import Deletion, Journey, Stage, Touchpoint

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def journey(workspace):
    return domain.create_journey(workspace=workspace, name="Ostopolku", template="four-phases")


@pytest.fixture
def base(workspace, journey) -> str:
    return f"/w/{workspace.slug}/journeys/{journey.pk}/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def first_touchpoint(journey: Journey) -> Touchpoint:
    with scope(workspace=journey.workspace):
        return (
            Touchpoint.objects.filter(stage__journey=journey)
            .order_by("stage__order_key", "order_key")
            .first()
        )


def first_stage(journey: Journey) -> Stage:
    with scope(workspace=journey.workspace):
        return journey.stages.first()


def paths(journey: Journey, base: str) -> list[tuple[str, str]]:
    stage, touchpoint = first_stage(journey), first_touchpoint(journey)
    return [
        ("get", f"{base}edit/"),
        ("get", f"{base}settings/"),
        ("get", f"{base}rebuild/"),
        ("post", f"{base}delete/"),
        ("post", f"{base}stages/add/"),
        ("post", f"{base}stages/{stage.pk}/rename/"),
        ("post", f"{base}stages/{stage.pk}/move/"),
        ("post", f"{base}stages/{stage.pk}/delete/"),
        ("post", f"{base}stages/{stage.pk}/touchpoints/add/"),
        ("get", f"{base}touchpoints/{touchpoint.pk}/edit/"),
        ("post", f"{base}touchpoints/{touchpoint.pk}/rename/"),
        ("post", f"{base}touchpoints/{touchpoint.pk}/move/"),
        ("post", f"{base}touchpoints/{touchpoint.pk}/delete/"),
        ("get", f"{base}touchpoints/{touchpoint.pk}/bindings/"),
        ("get", f"{base}touchpoints/{touchpoint.pk}/bindings/names/"),
        ("get", f"{base}touchpoints/{touchpoint.pk}/bindings/preview/"),
    ]


def test_a_viewer_sees_the_list_and_may_change_nothing(journey, base, teammate) -> None:
    client = signed_in(teammate)
    page = client.get(f"/w/{journey.workspace.slug}/journeys/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Ostopolku" in page.content.decode()
    assert "/edit/" not in page.content.decode()
    assert client.get(f"/w/{journey.workspace.slug}/journeys/new/").status_code == 403
    for method, path in paths(journey, base):
        assert (path, getattr(client, method)(path).status_code) == (path, 403)


def test_an_outsider_and_a_stranger_learn_nothing(journey, base, outsider) -> None:
    client = signed_in(outsider)
    for method, path in [("get", f"/w/{journey.workspace.slug}/journeys/"), *paths(journey, base)]:
        assert (path, getattr(client, method)(path).status_code) == (path, 404)
        stranger = getattr(Client(), method)(path)
        assert (path, stranger.status_code, stranger.url.startswith("/accounts/login/")) == (path, 302, True)


def test_numbers_of_another_workspace_are_not_found(owner_client, journey, base, outsider) -> None:
    from polku.accounts.models import Workspace

    elsewhere = domain.create_journey(
        workspace=Workspace.objects.get(slug="toinen"), name="Salainen", template="four-phases"
    )
    stage, touchpoint = first_stage(elsewhere), first_touchpoint(elsewhere)
    foreign = domain.delete_stage(stage=domain.add_stage(journey=elsewhere, name="Poistettu"))
    before = domain.export_journey(elsewhere)
    attempts = paths(elsewhere, base.replace(f"/{journey.pk}/", f"/{elsewhere.pk}/"))
    attempts += [
        ("post", f"{base}stages/{stage.pk}/delete/"),
        ("post", f"{base}touchpoints/{touchpoint.pk}/delete/"),
        ("post", f"{base}touchpoints/{touchpoint.pk}/rename/"),
        ("get", f"{base}touchpoints/{touchpoint.pk}/bindings/"),
        ("post", f"/w/{journey.workspace.slug}/journeys/deletions/{foreign.pk}/undo/"),
    ]
    for method, path in attempts:
        assert (path, getattr(owner_client, method)(path, {"name": "X"}).status_code) == (path, 404)
    assert domain.export_journey(elsewhere) == before
    listed = owner_client.get(f"/w/{journey.workspace.slug}/journeys/?deleted={foreign.pk}").content.decode()
    assert "Salainen" not in listed
    assert "Poistettu" not in listed


def test_reading_changes_nothing(owner_client, journey, base) -> None:
    for method, path in paths(journey, base):
        if method == "post":
            assert (path, owner_client.get(path).status_code) == (path, 405)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("fi", ["Piirrä ensimmäinen asiakaspolku", "Neljä vaihetta", "Yhdeksän vaihetta"]),
        ("en", ["Draw your first journey", "Four phases", "Nine stages"]),
    ],
)
def test_an_empty_list_says_what_to_do(owner_client, workspace, language, texts) -> None:
    page = owner_client.get(f"/w/{workspace.slug}/journeys/", headers={"accept-language": language})
    for text in texts:
        assert text in page.content.decode()


def test_a_journey_is_made_from_a_template(owner_client, workspace) -> None:
    path = f"/w/{workspace.slug}/journeys/new/"
    assert 'value="nine-stages" checked' in owner_client.get(f"{path}?template=nine-stages").content.decode()
    answer = owner_client.post(
        path, {"name": "Telttaa ostamassa", "kind": "as-is", "template": "nine-stages"}
    )
    with scope(workspace=workspace):
        journey = Journey.objects.get()
        assert journey.stages.count() == 9
    assert answer.url == f"/w/{workspace.slug}/journeys/{journey.pk}/edit/"


def test_a_journey_without_a_name_is_asked_for_it(owner_client, workspace) -> None:
    answer = owner_client.post(f"/w/{workspace.slug}/journeys/new/", {"kind": "as-is", "template": ""})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    with scope(workspace=workspace):
        assert not Journey.objects.exists()


def test_structure_is_edited_by_plain_forms(owner_client, journey, base) -> None:
    stage, touchpoint = first_stage(journey), first_touchpoint(journey)
    for path, data in [
        (f"{base}stages/add/", {"name": "Uskollisuus"}),
        (f"{base}stages/{stage.pk}/rename/", {"name": "Alku"}),
        (f"{base}stages/{stage.pk}/touchpoints/add/", {"name": "Kutsu"}),
        (f"{base}touchpoints/{touchpoint.pk}/rename/", {"name": "Herätys"}),
        (f"{base}touchpoints/{touchpoint.pk}/move/", {"by": "1", "name": "Herätys"}),
    ]:
        answer = owner_client.post(path, data)
        assert (answer.status_code, answer.url) == (302, f"{base}edit/")
    stages = domain.export_journey(journey)["stages"]
    assert [stage["name"] for stage in stages][::4] == ["Alku", "Uskollisuus"]
    assert [point["name"] for point in stages[0]["touchpoints"]] == [
        "Mainos",
        "Herätys",
        "Hakutulos",
        "Kutsu",
    ]


def test_with_htmx_only_the_structure_is_drawn(owner_client, journey, base) -> None:
    stage = first_stage(journey)
    answer = owner_client.post(f"{base}stages/{stage.pk}/move/", {"by": "1"}, **HTMX).content.decode()
    assert answer.lstrip().startswith('<div id="structure"')
    assert answer.index("Ennen ostosta") < answer.index("Lähtötila")
    assert "<html" not in answer


def test_a_refused_name_is_told_in_the_fragment(owner_client, journey, base) -> None:
    stage = first_stage(journey)
    answer = owner_client.post(f"{base}stages/{stage.pk}/rename/", {"name": " "}, **HTMX).content.decode()
    assert 'id="messages"' in answer
    assert 'class="message error"' in answer
    good = owner_client.post(f"{base}stages/{stage.pk}/rename/", {"name": "Alku"}, **HTMX).content.decode()
    assert 'class="message ' not in good


def test_deleting_offers_undo_and_undo_brings_it_back(owner_client, workspace, journey, base) -> None:
    stage = first_stage(journey)
    before = domain.export_journey(journey)
    answer = owner_client.post(f"{base}stages/{stage.pk}/delete/", **HTMX).content.decode()
    with scope(workspace=workspace):
        deletion = Deletion.objects.get()
    undo = f"/w/{workspace.slug}/journeys/deletions/{deletion.pk}/undo/"
    assert undo in answer
    assert undo in owner_client.get(f"{base}edit/?deleted={deletion.pk}").content.decode()
    assert len(domain.export_journey(journey)["stages"]) == 3
    assert owner_client.post(undo).url == f"{base}edit/"
    assert domain.export_journey(journey) == before
    assert owner_client.post(undo).status_code == 404


def test_a_deleted_journey_comes_back(owner_client, workspace, journey, base) -> None:
    answer = owner_client.post(f"{base}delete/", follow=True)
    assert "Ostopolku" in answer.content.decode()
    with scope(workspace=workspace):
        deletion = Deletion.objects.get()
        assert not Journey.objects.exists()
    owner_client.post(f"/w/{workspace.slug}/journeys/deletions/{deletion.pk}/undo/")
    with scope(workspace=workspace):
        assert Journey.objects.get().pk == journey.pk


def test_what_a_colleague_deleted_is_said_and_can_be_brought_back(owner_client, owner, journey, base) -> None:
    touchpoint = first_touchpoint(journey)
    deletion = domain.delete_touchpoint(touchpoint=touchpoint, actor=owner)
    path = f"{base}touchpoints/{touchpoint.pk}/rename/"
    answer = owner_client.post(path, {"name": "Uusi"}, follow=True, headers={"accept-language": "en"})
    text = answer.content.decode()
    assert "“Tarve herää” has been deleted by Omistaja." in text
    assert f"/deletions/{deletion.pk}/undo/" in text
    fragment = owner_client.post(path, {"name": "Uusi"}, **HTMX)
    assert fragment.headers["HX-Redirect"] == f"{base}edit/?deleted={deletion.pk}"


@pytest.mark.parametrize("path", ["", "version/", "touchpoints/{}/"])
def test_the_map_of_a_deleted_journey_is_gone(
    owner_client, teammate, owner, workspace, journey, base, path
) -> None:
    address = base + path.format(first_touchpoint(journey).pk)
    deletion = domain.delete_journey(journey=journey, actor=owner)
    assert signed_in(teammate).get(address).status_code == 404
    answer = owner_client.get(address)
    if path == "version/":  # asked again and again by an open map: no message for each time
        assert answer.status_code == 404
    else:
        assert answer.url == f"/w/{workspace.slug}/journeys/?deleted={deletion.pk}"


def form_data(client: Client, path: str) -> dict[str, list[str]]:
    """What a browser would send back if nothing was touched."""
    form = client.get(path).context["form"]
    data: dict[str, list[str]] = {}
    for bound in form:
        value = bound.value()
        texts = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        initial = [] if value in (None, False, []) else texts
        data[bound.html_name] = initial
        data[bound.html_initial_name] = ["False"] if value is False else initial
    if "assumed_feeling" in data:
        data["assumed_feeling_step"] = [""]
    return data


def test_a_touchpoints_form_writes_only_what_was_changed(owner_client, workspace, journey, base) -> None:
    touchpoint = first_touchpoint(journey)
    path = f"{base}touchpoints/{touchpoint.pk}/edit/"
    data = form_data(owner_client, path)
    # A colleague renames and moves it while this page is open.
    with scope(workspace=workspace):
        second = journey.stages.all()[1]
    domain.update_touchpoint(touchpoint=touchpoint, name="Kaisan nimi")
    domain.place_touchpoint(touchpoint=touchpoint, stage=second)
    data |= {
        "description": ["Asiakas huomaa tarpeen."],
        "assumed_feeling_step": ["4"],
        "assumed_feeling": ["0.6"],
    }
    data |= {"channels": ["web", "app"], "is_moment_of_truth": ["on"], "review_on": ["2026-06-30"]}
    assert owner_client.post(path, data).url == f"{base}edit/#touchpoint-{touchpoint.pk}"
    with scope(workspace=workspace):
        now = Touchpoint.objects.get(pk=touchpoint.pk)
    assert (now.name, now.stage_id) == ("Kaisan nimi", second.pk)
    assert (now.description, now.assumed_feeling) == ("Asiakas huomaa tarpeen.", 0.6)
    assert (now.channels, now.is_moment_of_truth, str(now.review_on)) == (["web", "app"], True, "2026-06-30")


@pytest.mark.parametrize(
    ("step", "slider", "feeling"),
    [
        ("", "0.4", None),
        ("3", "0.1", 0.1),
        ("5", "0.1", 1.0),
        ("1", "", -1.0),
        ("2", "nan", -0.5),
        ("9", "0", None),
    ],
)
def test_the_step_rules_and_the_slider_refines(
    owner_client, workspace, journey, base, step, slider, feeling
) -> None:
    touchpoint = first_touchpoint(journey)
    domain.update_touchpoint(touchpoint=touchpoint, assumed_feeling=0.33)
    path = f"{base}touchpoints/{touchpoint.pk}/edit/"
    data = form_data(owner_client, path) | {"assumed_feeling_step": [step], "assumed_feeling": [slider]}
    owner_client.post(path, data)
    with scope(workspace=workspace):
        assert Touchpoint.objects.get(pk=touchpoint.pk).assumed_feeling == feeling


def test_settings_are_saved_field_by_field(owner_client, workspace, journey, base) -> None:
    data = form_data(owner_client, f"{base}settings/")
    domain.update_journey(journey=journey, name="Kaisan polku")
    owner_client.post(f"{base}settings/", data | {"window_days": ["14"], "purpose": ["Mitä ensin?"]})
    with scope(workspace=workspace):
        now = Journey.objects.get()
    assert (now.name, now.window_days, now.purpose) == ("Kaisan polku", 14, "Mitä ensin?")


def test_a_script_in_a_name_stays_text(owner_client, journey, base) -> None:
    owner_client.post(f"{base}stages/add/", {"name": "<script>alert(1)</script>"})
    text = owner_client.get(f"{base}edit/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_structure_costs_the_same_queries_at_one_and_three_touchpoints(
    owner_client, workspace, django_assert_num_queries
) -> None:
    counts = []
    for size in (1, 3):
        journey = domain.create_journey(workspace=workspace, name=f"Polku {size}")
        stage = domain.add_stage(journey=journey, name="Vaihe")
        for number in range(size):
            touchpoint = domain.add_touchpoint(stage=stage, name=f"Piste {number}")
            domain.add_binding(touchpoint=touchpoint, kind="contact", rebuild=False)
        path = f"/w/{workspace.slug}/journeys/{journey.pk}/edit/"
        owner_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
