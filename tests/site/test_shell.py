"""The frame of every page: switches, errors, navigation, built files, how fields are drawn."""

from __future__ import annotations

import json

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template

from polku.site import assets, navigation, notices, static_files


def test_the_theme_is_kept_and_drawn_by_the_server(client, db):
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post("/theme/", {"theme": "neon"})
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


def test_the_language_is_kept_in_a_cookie_and_for_the_user(client, owner_client, owner):
    owner_client.post("/language/", {"language": "en", "next": "/"})
    owner.refresh_from_db()
    assert owner.language == "en"
    owner_client.post("/language/", {"language": "xx", "next": "/"})
    owner.refresh_from_db()
    assert owner.language == "en"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
@pytest.mark.parametrize("switch", ["/theme/", "/language/"])
def test_the_switches_never_lead_to_another_site(client, db, switch, target):
    assert client.post(switch, {"next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("switch", ["/theme/", "/language/"])
def test_the_switches_are_not_moved_by_a_link(client, db, switch):
    assert client.get(switch).status_code == 405


def test_a_missing_page_speaks_the_visitors_language(client, db):
    answer = client.get("/nowhere/", headers={"Accept-Language": "fi"})
    assert answer.status_code == 404
    assert "Sivua ei löydy" in answer.content.decode()


def test_no_page_has_inline_styles_or_scripts(client, db):
    page = client.get("/accounts/login/")
    html = page.content.decode()
    assert " style=" not in html
    assert "<script>" not in html
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_navigation_shows_what_the_role_allows(rf, workspace):
    request = rf.get("/")
    assert navigation.links(request) == []
    request.workspace = workspace
    assert navigation.links(request) == []  # nobody whose role could allow anything
    request.membership = type("Member", (), {"role": "viewer"})()
    urls = [link.url for link in navigation.links(request)]
    assert f"/w/{workspace.slug}/journeys/" in urls


def test_every_built_file_is_named_and_there():
    for entry in assets.manifest().values():
        assert (assets.BUILT / str(entry["file"])).is_file()
    assert assets.asset_url("site/site.ts").startswith("/static/polku/built/assets/")
    with pytest.raises(ImproperlyConfigured):
        assets.asset_url("site/nothing.ts")


def test_the_bundle_evaluates_no_text_and_names_no_other_site():
    script = (assets.BUILT / str(assets.manifest()["site/site.ts"]["file"])).read_text(encoding="utf-8")
    sheet = (assets.BUILT / str(assets.manifest()["site/site.css"]["file"])).read_text(encoding="utf-8")
    assert "eval(" not in script
    assert "http://" not in sheet.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in sheet


async def _ask(application, path: str) -> dict[str, object]:
    sent: list[dict[str, object]] = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [],
        "query_string": b"",
        "extensions": {},
    }
    await application(scope, receive, send)
    return sent[0]


def test_static_files_are_kept_for_good_and_the_rest_goes_to_django():
    import asyncio

    async def django(scope, receive, send):
        await send({"type": "http.response.start", "status": 418, "headers": []})

    application = static_files.with_static_files(django)
    start = asyncio.run(_ask(application, assets.asset_url("site/site.css")))
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert start["status"] == 200
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert asyncio.run(_ask(application, "/static/../polku/site/static_files.py"))["status"] == 418
    assert asyncio.run(_ask(application, "/w/"))["status"] == 418


class _Form(forms.Form):
    name = forms.CharField(help_text="As customers say it.", max_length=5)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False)
    agreed = forms.BooleanField()


def test_fields_have_labels_help_and_errors_that_belong_to_them():
    html = Template("{{ form }}").render(Context({"form": _Form({"name": "much too long"})}))
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "<legend>" in html
    assert '<label for="id_agreed">' in html


def test_the_manifest_is_vites_own(tmp_path):
    text = (assets.BUILT / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text)["site/site.ts"]["isEntry"] is True


def test_notices_are_told_inside_a_workspace_only_and_registered_once(rf, workspace):
    request, said = rf.get("/told"), notices.Notice("Verkkokauppa on hiljaa", "/x/")

    def teller(asked):
        return [said] if asked is request else []

    notices.register(teller)
    notices.register(teller)
    assert notices.notices(request) == []
    request.workspace = workspace
    assert notices.notices(request) == [said]
