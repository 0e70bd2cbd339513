"""What a token opens: a link, an invitation, or an answer that somebody goes on with."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db.models import OuterRef, Q, Subquery
from django.utils.crypto import salted_hmac
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.links import digest_of
from polku.surveys.models import Invitation, Response, Survey, SurveyLink, SurveyVersion

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_SALT = "polku.surveys.resume"
_RESUME = "r"
_RESUME_LENGTH = 33
_MOST_DEFINITIONS = 500


@dataclass
class Visit:
    """Somebody at an address that leads to a survey. `token` is what they came with."""

    token: str
    survey: Survey
    version: SurveyVersion
    definition: Definition
    link: SurveyLink | None
    invitation: Invitation | None = None
    response: Response | None = None

    @property
    def workspace(self) -> Workspace:
        return self.survey.workspace

    @property
    def is_open(self) -> bool:
        return self.survey.state == Survey.State.OPEN

    @property
    def is_test(self) -> bool:
        return self.link is not None and self.link.kind == SurveyLink.Kind.TEST

    @property
    def traits(self) -> dict[str, str]:
        """Nothing of an anonymous survey shows that it knows who reads."""
        if self.invitation is None or self.survey.is_anonymous:
            return {}
        return {str(name): str(value) for name, value in self.invitation.known.items()}

    def known(self, fields: dict[str, str]) -> Known:
        return Known(fields, self.traits)


def find(token: str, now: datetime) -> Visit | None:
    """None for whatever does not open a survey that was published: unknown, deleted, switched off, expired."""
    if not _TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    with scopes_disabled():
        if len(token) == _RESUME_LENGTH and token.startswith(_RESUME):
            return _of_response(token, digest)
        return _of_link(token, digest) or _of_invitation(token, digest, now)


def resume_token(number: str) -> str:
    """What leads back to the answer of this number. It follows from the server's secret: known to whoever has it, and
    to nobody who reads the store."""
    return _RESUME + salted_hmac(_SALT, number, algorithm="sha256").hexdigest()[: _RESUME_LENGTH - 1]


def definition_of(version: SurveyVersion) -> Definition:
    """Of a published version, which never changes; read once. The definition's column may be deferred."""
    key = (version.workspace_id, version.pk, version.published_at)
    with _lock:
        known = _definitions.get(key)
        if known is not None:
            _definitions.move_to_end(key)
            return known
    read = from_data(version.definition)
    with _lock:
        _definitions[key] = read
        while len(_definitions) > _MOST_DEFINITIONS:
            _definitions.popitem(last=False)
    return read


_definitions: OrderedDict[tuple[int, int, datetime], Definition] = OrderedDict()
_lock = Lock()


def _newest(survey: str) -> Subquery:
    versions = SurveyVersion.objects.filter(survey=OuterRef(survey)).order_by("-number")
    return Subquery(versions.values("pk")[:1])


def _version(pk: int | None) -> SurveyVersion | None:
    return SurveyVersion.objects.defer("definition").filter(pk=pk).first() if pk else None


def _of_link(token: str, digest: str) -> Visit | None:
    link = (
        SurveyLink.objects.select_related("survey__workspace")
        .defer("survey__draft")
        .annotate(newest=_newest("survey"))
        .filter(digest=digest, is_active=True, deleted_at=None, survey__deleted_at=None)
        .first()
    )
    version = _version(link.newest) if link else None
    if link is None or version is None:
        return None
    return Visit(token, link.survey, version, definition_of(version), link)


def _of_invitation(token: str, digest: str, now: datetime) -> Visit | None:
    invitation = (
        Invitation.objects.select_related("survey__workspace", "link")
        .defer("survey__draft")
        .annotate(newest=_newest("survey"))
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=digest, survey__deleted_at=None)
        .first()
    )
    if invitation is None:
        return None
    response = None
    if not invitation.survey.is_anonymous:
        response = (
            Response.objects.select_related("version")
            .defer("version__definition")
            .filter(invitation=invitation)
            .first()
        )
    # Who has begun goes on with the version that they began with.
    version = response.version if response else _version(invitation.newest)
    if version is None:
        return None
    return Visit(
        token, invitation.survey, version, definition_of(version), invitation.link, invitation, response
    )


def _of_response(token: str, digest: str) -> Visit | None:
    response = (
        Response.objects.select_related("survey__workspace", "version", "link", "invitation")
        .defer("survey__draft", "version__definition")
        .filter(digest=digest, survey__deleted_at=None)
        .first()
    )
    if response is None:
        return None
    version = response.version
    return Visit(
        token,
        response.survey,
        version,
        definition_of(version),
        response.link,
        response.invitation,
        response,
    )
