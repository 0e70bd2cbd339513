"""The API as django-ninja sees it: routes, who may call, and how errors are told."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.openapi.schema import OpenAPISchema

from polku.analytics import QueryError
from polku.api.callers import MemberSession, SecretKey
from polku.api.problems import Problem, problem_response
from polku.api.routes import router
from polku.api.schemas import COMPONENTS
from polku.eventstore.cancelling import QuestionCancelled
from polku.eventstore.port import QuestionTooSlow, StoreError

_RETRY_SECONDS = "5"


class PolkuAPI(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """With the schemas of questions, which analytics checks itself, so that every error can suggest a cure."""
        schema = super().get_openapi_schema(**options)
        schema["components"].setdefault("schemas", {}).update(COMPONENTS)
        return schema


api = PolkuAPI(
    title="Polku",
    version="1",
    description="Questions to a workspace of Polku. Errors are problem documents (RFC 9457).",
    auth=[SecretKey(), MemberSession()],
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/v1", router)


@api.exception_handler(AuthenticationError)
def _not_authenticated(request: HttpRequest, error: Exception) -> HttpResponse:
    """The same for no key, an unknown one and a revoked one."""
    return problem_response(
        401,
        _("Send a valid secret key of the workspace: Authorization: Bearer sk_…"),
        headers={"WWW-Authenticate": "Bearer"},
    )


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(error.status, error.detail, headers=error.headers, **error.members)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(error.status_code, error.message)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(
        404, _("There is nothing at this address. /api/openapi.json lists what there is.")
    )


@api.exception_handler(QueryError)
def _query_error(request: HttpRequest, error: QueryError) -> HttpResponse:
    return problem_response(422, error.message, field=error.field, suggestion=error.suggestion)


@api.exception_handler(StoreError)
def _store_error(request: HttpRequest, error: StoreError) -> HttpResponse:
    return problem_response(422, str(error))


@api.exception_handler(QuestionCancelled)
def _cancelled(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_response(409, str(error))


@api.exception_handler(QuestionTooSlow)
def _too_slow(request: HttpRequest, error: QuestionTooSlow) -> HttpResponse:
    return problem_response(503, str(error), headers={"Retry-After": _RETRY_SECONDS})
