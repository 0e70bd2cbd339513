"""A survey as one JSON document, to keep beside code, to copy between workspaces, to give to another tool.

    {"polku_survey": 1, "name", "template", "anonymous", "definition": …}

`definition` is as in definition/questions.py. What is exported and imported again is equal. A document never holds
answers, links or touchpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import User, Workspace
from polku.surveys.definition.problems import unsound
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.domain.surveys import create_survey
from polku.surveys.models import Survey

VERSION = 1
_PARTS = ("polku_survey", "name", "template", "anonymous", "definition")
_TEMPLATE_LONGEST = 40


def export_survey(survey: Survey) -> dict[str, Any]:
    """The survey's draft as a document."""
    return {
        "polku_survey": VERSION,
        "name": survey.name,
        "template": survey.template,
        "anonymous": survey.is_anonymous,
        "definition": survey.draft,
    }


def import_survey(*, workspace: Workspace, document: object, actor: User | None = None) -> Survey:
    """Make a new draft from a document.

    Raises ValidationError with a sentence that names the place of the fault, and then nothing is made. A draft that
    is not finished, with texts missing for instance, is taken in. Atomic; one audit entry.
    """
    if not isinstance(document, Mapping) or "polku_survey" not in document:
        raise ValidationError(_("This is not a survey: it should be an object with “polku_survey”: 1."))
    if document["polku_survey"] != VERSION or isinstance(document["polku_survey"], bool):
        raise ValidationError(
            _("polku_survey: this Polku reads version %(known)s, the document has %(version)s.")
            % {"known": VERSION, "version": str(document["polku_survey"])[:40]}
        )
    for key in document:
        if key not in _PARTS:
            raise ValidationError(
                _("“%(key)s” is not known here; it can be %(known)s.")
                % {"key": str(key)[:60], "known": ", ".join(_PARTS)}
            )
    if not isinstance(document.get("name"), str):
        raise ValidationError(_("%s: this must be text.") % "name")
    template = document.get("template", "")
    if not isinstance(template, str) or len(template) > _TEMPLATE_LONGEST or "\0" in template:
        raise ValidationError(_("%s: this must be text.") % "template")
    if not isinstance(document.get("anonymous", False), bool):
        raise ValidationError(_("%s: this must be true or false.") % "anonymous")
    definition = read_definition(document.get("definition"))
    return create_survey(
        workspace=workspace,
        definition=definition,
        name=document["name"],
        template=template,
        is_anonymous=document.get("anonymous", False),
        actor=actor,
        verb="imported",
    )


def read_definition(data: object) -> Definition:
    """A definition that came from outside. Raises ValidationError with the place of every fault."""
    try:
        definition = from_data(data)
    except msgspec.ValidationError as error:
        # msgspec says “Expected `str`, got `int` - at `$.questions[0].key`”.
        what, _dash, where = str(error).partition(" - at `$")
        place = "definition" + where.rstrip("`")
        raise ValidationError(f"{place}: {what}") from error
    except RecursionError as error:
        raise ValidationError(_("This is not a survey: it is nested too deeply.")) from error
    if found := unsound(definition):
        raise ValidationError([f"definition.{problem.place}: {problem.sentence}" for problem in found[:20]])
    return definition
