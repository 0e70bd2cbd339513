"""A server with a published survey, and respondents who are no browsers: they read a page's form and send it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from html import unescape
from pathlib import Path
from typing import Any

from tests.contract.conftest import Command

FROM = "X-Forwarded-For"  # the servers of tests trust this machine as their proxy
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_MAKE = """
import json, sys
import django
django.setup()
from django.utils import timezone
from django_scopes import scope
from polku.accounts.models import Workspace
from polku.site.tokens import digest_of, new_token
from polku.surveys.links import add_link, link_token
from polku.surveys.models import Invitation, Survey, SurveyLink, SurveyVersion
workspace = Workspace.objects.get(slug=sys.argv[3])
definition = json.loads(sys.argv[1])
with scope(workspace=workspace):
    survey = Survey.objects.create(
        workspace=workspace, key="survey", name="Survey", state="open", draft=definition,
        is_anonymous=sys.argv[4] == "anonymous",
    )
    SurveyVersion.objects.create(workspace=workspace, survey=survey, number=1, definition=definition)
    link = add_link(survey=survey, kind=SurveyLink.Kind.OPEN, name="Open link")
    personal = []
    for number in range(int(sys.argv[2])):
        token = new_token()
        personal.append("/s/" + token)
        Invitation.objects.create(
            workspace=workspace, survey=survey, link=link, digest=digest_of(token), state="sent",
            person=f"person-{number}", person_kind="user", send_at=timezone.now(),
        )
print(json.dumps({"open": "/s/" + link_token(link.nonce), "personal": personal}))
"""
_READ = """
import json
import django
django.setup()
from django_scopes import scopes_disabled
from polku.surveys.models import AnswerChange, Response
with scopes_disabled():
    rows = Response.objects.order_by("pk").values(
        "number", "answers", "state", "flags", "is_held", "told", "person", "fields"
    )
    print(json.dumps({"responses": list(rows), "changes": AnswerChange.objects.count()}))
"""

DEFINITION = {
    "title": {"en": "Survey"},
    "languages": ["en"],
    "pages": "all",
    "fields": ["store"],
    "questions": [
        {"type": "nps", "key": "nps", "text": {}, "required": True},
        {"type": "long_text", "key": "why", "text": {"en": "Why?"}},
    ],
}


def _python(command: Command, source: str, *arguments: str) -> Any:
    environment = (
        os.environ
        | command.environment
        | {
            "POLKU_HOME": str(command.home),
            "DJANGO_SETTINGS_MODULE": "polku.config.settings",
        }
    )
    done = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def publish(
    command: Command,
    *,
    invitations: int = 0,
    definition: dict[str, Any] = DEFINITION,
    workspace: str = "Kauppa",
    is_anonymous: bool = False,
) -> dict[str, Any]:
    """The addresses of the open link and of personal ones, in a workspace that is made for it."""
    slug = command.json("workspace", "create", workspace, "--timezone", "UTC")["workspace"]
    (Path(command.home) / "uploads" / "arriving").mkdir(parents=True, exist_ok=True)
    how = "anonymous" if is_anonymous else "named"
    return _python(command, _MAKE, json.dumps(definition), str(invitations), slug, how)


def kept(command: Command) -> dict[str, Any]:
    """The responses that are kept, and how many changes of answers."""
    return _python(command, _READ)


def ask(url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    """(status, page, headers) of a GET, or of a form that is sent; redirects are followed."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=data, headers={"User-Agent": AGENT} | headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), _lower(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), _lower(error.headers)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def form_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def assert_one_of_fifty(url: str, command: Command, person: str = "person-0") -> None:
    """Fifty people send the form of one personal link in the same moment. Each opened the page by itself, so nothing
    but the token is the same; one answer is there afterwards, and every other that was sent is in its history."""
    forms = [form_of(ask(url)[1]) for _each in range(50)]
    gate = threading.Barrier(50)

    def send(number: int) -> int:
        gate.wait()
        return ask(url, forms[number] | {"q-nps": str(number % 11), "q-why": f"text {number}"})[0]

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(send, range(50))) == {200}
    found = kept(command)
    mine = [row["state"] for row in found["responses"] if row["person"] == person]
    assert mine == ["completed"]
    if person:  # an anonymous answer cannot be corrected
        assert found["changes"] >= 49
