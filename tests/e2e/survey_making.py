"""Surveys for browser tests, made beside a running server by the same functions as the pages use."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_HELPER = """
import json, sys, traceback
import django
django.setup()
from django.db import close_old_connections
from django_scopes import scopes_disabled
for line in sys.stdin:
    code, given = json.loads(line)
    names = {"given": given, "result": None}
    try:
        with scopes_disabled():
            exec(code, names)
        told = {"result": names["result"]}
    except Exception:
        told = {"error": traceback.format_exc()}
    print(json.dumps(told), flush=True)
"""


def in_home(home: Path, code: str, **given: Any) -> Any:
    """Run lines of Python with the models of the server whose folder is `home`; they set `result`."""
    helper = _helper(home)
    assert helper.stdin is not None and helper.stdout is not None
    helper.stdin.write(json.dumps([code, given]) + "\n")
    helper.stdin.flush()
    told = json.loads(helper.stdout.readline())
    assert "error" not in told, told["error"]
    return told["result"]


@functools.cache
def _helper(home: Path) -> subprocess.Popen[str]:
    """One process for all that is done in a home: starting one takes seconds."""
    helper = subprocess.Popen(
        [sys.executable, "-c", _HELPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"POLKU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "polku.config.settings"},
    )
    atexit.register(helper.kill)
    return helper


_MAKE = """
from polku.accounts.models import Workspace
from polku.surveys import domain
from polku.surveys.definition.questions import from_data
workspace = Workspace.objects.get(slug=given["workspace"])
survey = domain.create_survey(
    workspace=workspace, definition=from_data(given["definition"]), name=given["name"], actor=None,
    is_anonymous=given["is_anonymous"],
)
domain.publish_survey(survey=survey, actor=None)
result = survey.pk
"""


def make_survey(
    home: Path,
    workspace: str,
    definition: dict[str, Any],
    *,
    name: str = "Kysely",
    is_anonymous: bool = False,
) -> int:
    """A published survey; its number."""
    return in_home(
        home, _MAKE, workspace=workspace, definition=definition, name=name, is_anonymous=is_anonymous
    )


_WEB = """
from polku.surveys.models import Survey
from polku.surveys.onsite.domain import add_web_link
from polku.surveys.onsite.targeting import targeting_of
survey = Survey.objects.select_related("workspace").get(pk=given["survey"])
result = add_web_link(survey=survey, name="Sivusto", targeting=targeting_of(given["targeting"]), actor=None).pk
"""


def put_on_web(home: Path, survey: int, **targeting: Any) -> int:
    """A link on the web; its number."""
    return in_home(home, _WEB, survey=survey, targeting=targeting)


_RESPONSES = """
from polku.surveys.models import Response
fields = ("number", "state", "answers", "language", "channel", "person", "person_kind", "fields", "url", "is_held")
result = [
    {name: getattr(response, name) for name in fields} | {"at": response.started_at.isoformat()}
    for response in Response.objects.filter(survey=given["survey"]).order_by("started_at", "pk")
]
"""


def responses(home: Path, survey: int) -> list[dict[str, Any]]:
    """All answers of a survey, the earliest first."""
    found: list[dict[str, Any]] = in_home(home, _RESPONSES, survey=survey)
    return found
