"""What a token opens: a link, an invitation, or an answer that somebody goes on with."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import salted_hmac
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.site.tokens import digest_of
from polku.surveys.definition.piping import Known
from polku.surveys.definition.questions import Definition, from_data
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
    """A visit of its own each time: whoever answers puts their answer into it."""
    stamp = _link_stamp(digest)
    if stamp is None:
        return None
    with _lock:
        stamped, found = _links.get(digest, (None, None))
    if stamped != stamp:
        found = _read_link(token, digest)
    if found is None:
        return None
    with _lock:
        _links[digest] = (stamp, found)
        _links.move_to_end(digest)
        while len(_links) > _MOST_DEFINITIONS:
            _links.popitem(last=False)
    return replace(found, token=token)


_links: OrderedDict[str, tuple[tuple[object, ...], Visit]] = OrderedDict()
"""What links lead to, read once: making two queries of models and their joins took a third of an answer's time. Each
use asks whether anything that is read of them is still the same (`_link_stamp`)."""


def forget_links() -> None:
    """As after a restart."""
    with _lock:
        _links.clear()


def _opening_links(digest: str) -> QuerySet[Any]:
    return SurveyLink.objects.annotate(newest=_newest("survey")).filter(
        digest=digest, is_active=True, deleted_at=None, survey__deleted_at=None
    )


@cache
def _stamp_sql(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The question for the stamp in the database's own words, `_DIGEST` standing for the digest: asked as often as
    pages, and the same every time, it is put into words once."""
    stamped = (
        _opening_links(_DIGEST)
        .order_by()
        .values_list(
            "pk",
            "newest",
            "name",
            "kind",
            "fields",
            "survey__state",
            "survey__key",
            "survey__is_anonymous",
            "workspace__key",
            "workspace__name",
            "workspace__timezone",
        )
    )
    sql, params = stamped.query.sql_with_params()
    return sql, tuple(params)


_DIGEST = "?"


def _link_stamp(digest: str) -> tuple[object, ...] | None:
    """Everything of an open link that answering reads and that may change; None where there is no such link."""
    sql, params = _stamp_sql(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [digest if each == _DIGEST else each for each in params])
        row = cursor.fetchone()
    return None if row is None else tuple(str(each) for each in row)


def _read_link(token: str, digest: str) -> Visit | None:
    link = _opening_links(digest).select_related("survey__workspace").defer("survey__draft").first()
    version = _version(link.newest) if link else None
    if link is None or version is None:
        return None
    link.workspace = link.survey.workspace
    return Visit(token, link.survey, version, definition_of(version), link)


_BEGUN = (Response.State.STARTED, Response.State.PARTIAL)


def _of_invitation(token: str, digest: str, now: datetime) -> Visit | None:
    invitation = (
        Invitation.objects.select_related("survey__workspace", "link")
        .defer("survey__draft")
        .annotate(newest=_newest("survey"))
        .filter(digest=digest, survey__deleted_at=None)
        # Who had begun when it expired may finish.
        .filter(Q(expires_at=None) | Q(expires_at__gt=now) | Q(response__state__in=_BEGUN))
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
    if invitation.link is not None:
        invitation.link.workspace = invitation.survey.workspace
    return Visit(
        token, invitation.survey, version, definition_of(version), invitation.link, invitation, response
    )


def _of_response(token: str, digest: str) -> Visit | None:
    response: Any = Response.objects.annotate(through=F("link__digest")).filter(digest=digest).first()
    if response is None:
        return None
    if response.invitation_id is None and response.through is not None:
        visit = _of_link(token, response.through)
        if visit is not None:
            visit.response = _known_of(visit, response)
            visit.version = visit.response.version
            visit.definition = definition_of(visit.version)
            return visit
    # The link was switched off or deleted, which takes no answer away from whoever has begun it.
    return _of_response_alone(token, response.pk)


def _known_of(visit: Visit, response: Response) -> Response:
    """The response with what is known of its link, not asked for again."""
    response.survey, response.workspace, response.link = visit.survey, visit.workspace, visit.link
    if response.version_id == visit.version.pk:
        response.version = visit.version
    else:
        response.version = SurveyVersion.objects.defer("definition").get(pk=response.version_id)
    return response


def _of_response_alone(token: str, pk: int) -> Visit | None:
    response = (
        Response.objects.select_related("survey__workspace", "version", "link", "invitation")
        .defer("survey__draft", "version__definition")
        .filter(pk=pk, survey__deleted_at=None)
        .first()
    )
    if response is None:
        return None
    version = response.version
    if response.link is not None:
        response.link.workspace = response.survey.workspace
    return Visit(
        token,
        response.survey,
        version,
        definition_of(version),
        response.link,
        response.invitation,
        response,
    )
