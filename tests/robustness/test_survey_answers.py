"""Links and answers under attack, on a real server: guessed tokens, one token fifty times at once, stuffed ballots,
and what the log tells of it all."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.conftest import Command
from tests.robustness.survey_server import FROM, ask, assert_one_of_fifty, form_of, kept, publish

pytestmark = pytest.mark.robustness

SECRET = "Salainen-vastaus-4711"


class Logged(Command):
    """Its server tells everything it can, into a file."""

    @property
    def log(self) -> Path:
        return self.home.with_suffix(".log")

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://localhost:{port}"
        with self.log.open("w") as output:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "polku.cli", "--home", str(self.home), "up", "--port", str(port)],
                env=os.environ | {"POLKU_LANGUAGE": "en", "POLKU_LOG_LEVEL": "DEBUG"},
                stdout=output,
                stderr=output,
            )
        self.wait_until_ready()


@dataclass
class Collecting:
    """A running server with one survey."""

    command: Logged
    open: str
    personal: list[str]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collecting]:
    command = Logged(tmp_path_factory.mktemp("surveys") / "home")
    addresses = publish(command, invitations=2)
    command.start()
    url = command.address
    yield Collecting(command, url + addresses["open"], [url + path for path in addresses["personal"]])
    command.stop()


def test_wrong_tokens_look_the_same_and_are_soon_refused(survey: Collecting) -> None:
    guesses = [
        ask(f"{survey.command.address}/s/{secrets.token_urlsafe(24)}", **{FROM: "198.51.100.1"})
        for _each in range(40)
    ]
    assert [status for status, _page, _headers in guesses] == [404] * 30 + [429] * 10
    assert len({page for _status, page, _headers in guesses[:30]}) == 1
    assert 0 < int(guesses[-1][2]["retry-after"]) <= 60
    assert ask(survey.open, **{FROM: "198.51.100.1"})[0] == 429
    assert ask(survey.open, **{FROM: "198.51.100.2"})[0] == 200


def test_one_token_posted_fifty_times_at_once_is_one_answer(survey: Collecting) -> None:
    assert_one_of_fifty(survey.personal[0], survey.command)


def test_of_200_answers_from_one_address_ten_count_and_the_rest_are_held(survey: Collecting) -> None:
    def answer(number: int) -> int:
        form = form_of(ask(survey.open)[1]) | {"q-nps": "10", "q-why": f"vote {number}"}
        return ask(survey.open, form, **{FROM: "198.51.100.3"})[0]

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(answer, range(200))) == {200}
    minutes = int((time.monotonic() - begun) // 60) + 1
    votes = [row for row in kept(survey.command)["responses"] if row["answers"].get("why", "")[:4] == "vote"]
    assert len(votes) == 200
    counted = [row for row in votes if row["told"] and not row["is_held"]]
    held = [row for row in votes if row["is_held"]]
    assert 10 <= len(counted) <= 10 * minutes
    assert len(held) == 200 - len(counted)
    assert all("too_many" in row["flags"] and not row["told"] for row in held)


def test_the_log_holds_no_token_answer_or_field(survey: Collecting) -> None:
    for number, url in enumerate((survey.open, survey.personal[1])):
        sender = {FROM: f"198.51.100.{10 + number}", "User-Agent": f"Mozilla {SECRET}"}
        _status, page, _headers = ask(f"{url}?store={SECRET}", **sender)
        ask(url, form_of(page) | {"q-nps": "99", "q-why": SECRET}, **sender)
        ask(url, form_of(page) | {"q-nps": "9", "q-why": SECRET}, **sender)
        ask(url, {"q-nps": "9", "q-why": SECRET}, **sender)
        ask(f"{url}x?q-why={SECRET}", **sender)
        ask(url, form_of(page) | {"q-why": SECRET * 200_000}, **sender)
    told = [row["fields"] for row in kept(survey.command)["responses"] if row["answers"]["why"] == SECRET]
    assert told == [{"store": SECRET}, {"store": SECRET}]
    written = survey.command.log.read_text()
    assert "Not Found" in written
    tokens = [url.rpartition("/")[2] for url in (survey.open, *survey.personal)]
    for secret in (SECRET, *tokens):
        assert secret not in written


def test_no_token_is_kept_as_it_is(survey: Collecting) -> None:
    """Tokens of links, of invitations, and of answers that somebody goes on with."""
    _status, page, _headers = ask(survey.open)
    with urllib.request.urlopen(
        urllib.request.Request(
            survey.open, data=urllib.parse.urlencode(form_of(page) | {"q-nps": "5"}).encode()
        )
    ) as answer:
        resumed = urllib.parse.urlsplit(answer.geturl()).path.rpartition("/")[2]
    assert len(resumed) == 33
    tokens = [url.rpartition("/")[2] for url in (survey.open, *survey.personal)]
    kept_bytes = b"".join(path.read_bytes() for path in survey.command.home.glob("polku.sqlite3*"))
    assert len(kept_bytes) > 10_000
    for token in (resumed, *tokens):
        assert len(token) >= 32
        assert token.encode() not in kept_bytes


@pytest.mark.parametrize(
    "form",
    [
        {"q-nps": "9", "q-why": "\x00\ud800"},
        {"q-nps": ["1"] * 6_000},
        {f"q-{number}": "x" for number in range(6_000)},
        {"page": "x," * 100_000},
        {"q-why": "x" * 1_000_000, "q-nps": "9"},
        {"q-nps": "9" * 100_000},
        {"lang": "../../etc", "at": "'; DROP", "store": "x" * 100_000, "q-nps": "9"},
    ],
    ids=["nul", "many-values", "many-fields", "page", "long", "number", "names"],
)
def test_strange_forms_give_neither_error_nor_half_an_answer(survey: Collecting, form: dict) -> None:
    hidden = form_of(ask(survey.open)[1])
    data = urllib.parse.urlencode(hidden | form, doseq=True, errors="surrogatepass").encode()
    request = urllib.request.Request(survey.open, data=data)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status in {200, 400, 413, 422}
