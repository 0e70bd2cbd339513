"""The first hour in Finnish, in a browser: from the link of the first owner to the company's own live map.

Six files as the company's own tools write them are dropped at once. What the map and the questions say afterwards
equals the same data imported clean by the command line into a workspace beside it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Guard
from tests.e2e.first_hour_files import Company, read_company, write_clean, write_exports

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WAIT = (
    300_000  # milliseconds that the work behind the pages may take on a busy machine; usually a few seconds
)
BESIDE, PASSWORD = "vertailija@esimerkki.fi", "metsäpolku-42"
NEW = {
    "tilaukset.xlsx": [
        ("Tilaukset", 8135, 0),
        ("Tapahtumat", 8135 + 5170, 0),
        ("Asiakkaiden tiedot", 8016, 8135 - 8016),
    ],
    "tapahtumat-talvi.csv": [("Tapahtumat", 7035, 0)],
    "tapahtumat-kevat.csv": [("Tapahtumat", 31106 - 7035, 7035 + 28302 - 31106)],
    "asiakaskysely.xlsx": [("Kyselyvastaukset", 8225, 0)],
    "tukipyynnot.csv": [("Yhteydenotot", 2638, 0)],
    "tilausrivit.csv": [("Tilaukset", 8365, 0)],
}
"""What comes in of each file: (what, new, known already); MANIFEST.md has the totals."""
QUESTIONS: dict[str, dict[str, Any]] = {
    "events by month": {
        "kind": "trend",
        "select": {"event": "purchase"},
        "interval": "month",
        "measure": "events",
    },
    "funnel": {
        "kind": "funnel",
        "steps": [{"event": "Tilaus"}, {"event": "Toimitettu"}],
        "unit": "order",
        "window": None,
    },
    "shop": {
        "kind": "funnel",
        "steps": [{"event": "product_view"}, {"event": "add_to_cart"}, {"event": "purchase"}],
        "window": "P7D",
    },
    # The shop's log knows customers by their number, surveys and tickets by their e-mail: the orders join the two.
    "from the shop's log to orders": {
        "kind": "funnel",
        "steps": [{"event": "home"}, {"event": "Tilaus"}],
        "window": None,
        "order": "any",
    },
    "answers of the shop's visitors": {
        "kind": "funnel",
        "steps": [{"event": "home"}, {"where": [{"property": "score", "op": "ge", "value": 1}]}],
        "window": None,
        "order": "any",
    },
    "score": {"kind": "score", "metric": "csat"},
    "score of late": {
        "kind": "score",
        "metric": "csat",
        "where": [{"property": "order.status", "op": "eq", "value": "peruttu"}],
    },
}


@dataclass
class Server:
    """An empty installation of the test's own; `link` is what it printed for its first owner."""

    home: Path
    address: str
    link: str

    def command(self, *arguments: str, input: str | None = None) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "polku.cli", "--home", str(self.home), *arguments, "--json"],
            capture_output=True,
            text=True,
            input=input,
            timeout=120,
            env=os.environ | {"POLKU_LANGUAGE": "fi"},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("first-hour")
    output = home / "output"
    with output.open("w") as handle:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "polku.cli",
                "--home",
                str(home / "polku"),
                "up",
                "--port",
                str(_free_port()),
            ],
            stdout=handle,
            stderr=handle,
            env=os.environ | {"POLKU_LANGUAGE": "fi"},
        )
    try:
        found = _printed(process, output, r"(http://localhost:\d+)/first/\S+")
        yield Server(home / "polku", found[1], found[0])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _printed(process: subprocess.Popen, output: Path, pattern: str) -> re.Match[str]:
    """The link, once it is printed and the server answers."""
    deadline = time.monotonic() + 60
    while True:
        found = re.search(pattern, output.read_text())
        if found:
            try:
                urllib.request.urlopen(f"{found[1]}/readyz", timeout=2).close()
                return found
            except (urllib.error.URLError, OSError):
                pass
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def company(real_data: Path) -> Company:
    return read_company(real_data)


@pytest.fixture
def page(server: Server, browser: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fi-FI")
    opened = context.new_page()
    guard = Guard(server.address, expected=["404"])  # of the link that works no more
    guard.watch(opened)
    yield opened
    wrongs = list(guard.wrongs)
    context.close()
    assert wrongs == []


def test_from_an_empty_server_to_the_companys_own_live_map(server, page, company, tmp_path):
    workspace = _become_the_first_owner(server, page)
    _import_six_files(page, workspace, write_exports(company, tmp_path / "exports"))
    _look_at_what_joins(page, workspace)
    the_map = _make_the_proposed_map(page, workspace)
    _answer_the_four_questions(page, workspace, by="Aino Aalto")

    beside = _import_clean(server, company, tmp_path / "clean", the_map)
    slug = workspace.rpartition("/w/")[2]
    answers = _ask_all(server, [slug, beside.slug])
    assert answers[slug] == answers[beside.slug]
    figures = [_figures(page, the_map)]
    with page.context.browser.new_context(locale="fi-FI") as theirs:
        other = theirs.new_page()
        _sign_in(server, other)
        _answer_the_four_questions(other, beside.address, by=BESIDE)
        figures.append(_figures(other, beside.map))
    assert len(figures[0]) > 20
    assert figures[0] == figures[1]


def _become_the_first_owner(server: Server, page: Page) -> str:
    """Sign up by the one-time link; the address of the workspace."""
    page.goto(server.link)
    expect(page.locator("html")).to_have_attribute("lang", "fi")
    for name, value in (
        ("company", "Retkikauppa Oy"),
        ("name", "Aino Aalto"),
        ("email", "aino@esimerkki.fi"),
        ("password", PASSWORD),
    ):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("form button.primary").click()
    page.wait_for_url("**/w/**")
    found = re.match(r"(.*/w/[\w-]+)", page.url)
    assert found is not None
    assert page.goto(server.link).status == 404  # it works once
    page.goto(found[1] + "/import/")
    return found[1]


def _import_six_files(page: Page, workspace: str, files: list[Path]) -> None:
    """Drop them all, look at each as it was understood, import each, and read the counts."""
    page.locator("#files").set_input_files([str(file) for file in files])
    expect(page.locator(".upload")).to_have_count(len(files))
    expect(page.locator(".upload.is-review")).to_have_count(len(files), timeout=WAIT)
    assert _violations(page) == []
    page.get_by_role("link", name="Käy tiedostot läpi yksi kerrallaan").click()
    for file in files:
        expect(page.locator("h1")).to_have_text(file.name)
        _look_at(page, file.name)
        page.get_by_role("button", name="Tuo tiedosto").click()
    page.goto(workspace + "/import/")
    expect(page.locator(".upload.is-done")).to_have_count(len(files), timeout=WAIT)
    for file in files:
        page.goto(workspace + "/import/")
        page.get_by_role("link", name=file.name, exact=True).click()
        runs = [
            (
                run.locator("strong").first.inner_text(),
                *(int(re.sub(r"\D", "", count)) for count in run.locator("dd").all_inner_texts()),
            )
            for run in page.locator(".import-run").all()
        ]
        assert runs == [(*expected, 0) for expected in NEW[file.name]], file.name
    _check_at_both_sizes(page)
    page.goto(workspace + "/import/")
    _check_at_both_sizes(page)


def _look_at(page: Page, name: str) -> None:
    """What the page says of the forms that Finns use."""
    understood = page.locator(".import-understood").inner_text()
    facts = page.locator(".import-facts").inner_text()
    if name == "tilaukset.xlsx":
        assert "muotoa" in understood and "klo" in understood
        assert "desimaalipilkku" in understood
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        _check_at_both_sizes(page)
    if name.startswith("tapahtumat"):
        assert "puolipiste (;)" in facts
        assert "Windows-1252" in facts
        assert "uusin ensin" in facts
    if name == "asiakaskysely.xlsx":
        assert "rivi 4" in facts
        assert "Webropol" in page.locator(".import-summary").inner_text()
    if name == "tukipyynnot.csv":
        assert "Zendesk" in page.locator(".import-summary").inner_text()
    if name == "tilausrivit.csv":
        page.get_by_text("Valitse sarakkeet itse").first.click()
        assert page.locator("input[name$=-lines]").is_checked()


def _look_at_what_joins(page: Page, workspace: str) -> None:
    page.goto(workspace + "/joins/")
    assert "%" in page.locator("main").inner_text()
    assert _violations(page) == []


def _make_the_proposed_map(page: Page, workspace: str) -> str:
    """Accept the proposal as it is, but for one touchpoint that gets another name; the map's address."""
    page.goto(workspace + "/journeys/propose/")
    assert _violations(page) == []
    page.locator("button[name=create]").click()
    page.wait_for_url(re.compile(r"/journeys/\d+/"))
    return page.url.partition("?")[0]


def _answer_the_four_questions(page: Page, workspace: str, *, by: str) -> None:
    page.goto(workspace + "/settings/money/")
    page.locator("input[name=margin]").fill("42,5 %")
    page.locator("input[name=vat_included][value=yes]").check()
    for state in ("peruttu", "ei saatavilla"):
        page.get_by_label(state, exact=True).check()
    page.locator("input[name=vat_rate]").fill("25,5")
    page.locator("input[name=returned]").fill("3")
    page.locator("input[name=contact_cost]").fill("6 €")
    page.locator("input[name=basis]").first.check()
    page.locator("form.money-form button.primary").click()
    expect(page.locator("table tbody tr")).to_have_count(1)
    assert by in page.locator("table tbody tr").inner_text()


@dataclass
class Beside:
    """The workspace that the command line filled: its short name, its address and its map's."""

    slug: str
    address: str
    map: str


def _import_clean(server: Server, company: Company, folder: Path, the_map: str) -> Beside:
    """The same data by the command line into a workspace beside, with the same map and the same answers."""
    files = write_clean(company, folder)
    slug = server.command("workspace", "create", "Vertailu")["workspace"]
    for kind, name, options in (
        ("orders", "orders", "--id order --person person --time time --value value --status status "
         "--promised promised --delivered delivered"),
        ("events", "orders", "--person person --order order --wide time=Tilaus --wide delivered=Toimitettu"),
        ("events", "events", "--person person --event event --time time --channel channel"),
        ("scores", "scores", "--metric csat --scale 1-5 --score score --time time --person person --order order "
         "--comment comment"),
        ("contacts", "contacts", "--person person --time time --reason reason --text text --channel channel --id id"),
    ):  # fmt: skip
        server.command("import", kind, str(files[name]), "--workspace", slug, *options.split())
    number = the_map.rstrip("/").rpartition("/")[2]
    document = folder / "polku.json"
    server.command("journey", "export", number, "--workspace", "retkikauppa-oy", "--output", str(document))
    made = server.command("journey", "import", str(document), "--workspace", slug)["journey"]
    address = the_map.replace("/retkikauppa-oy/", f"/{slug}/").replace(
        f"/journeys/{number}/", f"/journeys/{made}/"
    )
    server.command("user", "create", BESIDE, "--password", PASSWORD, "--workspace", slug)
    return Beside(slug, address.partition("/journeys/")[0], address)


def _ask_all(server: Server, workspaces: list[str]) -> dict[str, dict[str, Any]]:
    """Every question to each workspace, several at once."""

    def ask(workspace: str, question: dict[str, Any]) -> dict[str, Any]:
        answer = server.command("query", "-", "--workspace", workspace, input=json.dumps(question))
        del answer["rows_scanned"]  # order lines are rows of their own, and say nothing new
        return answer

    with ThreadPoolExecutor(4) as pool:
        asked = {
            workspace: {name: pool.submit(ask, workspace, question) for name, question in QUESTIONS.items()}
            for workspace in workspaces
        }
        return {each: {name: answer.result() for name, answer in asked[each].items()} for each in workspaces}


def _sign_in(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/accounts/login/")
    page.locator("input[name=login]").fill(BESIDE)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/w/**")


def _figures(page: Page, address: str) -> list[str]:
    """Every figure of the map over all time, as it is read."""
    assert page.goto(address + "?range=all").status == 200
    page.wait_for_load_state("networkidle")
    return page.locator("main td, main .value").all_inner_texts()


def _check_at_both_sizes(page: Page) -> None:
    """Axe finds nothing on a desk by day and on a phone by night, and nothing hangs over."""
    for size, scheme in (({"width": 390, "height": 844}, "dark"), ({"width": 1440, "height": 900}, "light")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert _violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]
