"""The kinds of questions that have a page. Each kind's module registers its own when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from polku.analytics.explore.presentation import Presentation
from polku.site.formats import Reader

if TYPE_CHECKING:
    from polku.accounts.access import WorkspaceRequest
    from polku.accounts.models import Workspace
    from polku.analytics.explore.forms import QuestionForm
    from polku.eventstore.port import StoreState

Parameters = Sequence[tuple[str, str]]
"""What a page's form is filled in with, as in an address: names may repeat, and their order counts."""


@dataclass(frozen=True)
class Asked:
    """What `present` knows beside the answer. `form` is valid, and `query` is what it asked."""

    request: WorkspaceRequest
    page: QuestionPage
    form: Any
    query: Mapping[str, object]
    reader: Reader

    @property
    def workspace(self) -> Workspace:
        return self.request.workspace


@dataclass(frozen=True)
class Proposal:
    """A question worth asking of the workspace's own data. `why` says whence it comes."""

    name: str
    why: str
    parameters: Parameters
    steps: Sequence[str] = ()


def _nothing(workspace: Workspace, state: StoreState) -> Sequence[Proposal]:
    return ()


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    """A page of one kind of question.

    `kind` is that of the Query object and stands in the address. `question` says as a question what the page
    answers. `builder` is the template of the form's own part, `result` that of the answer; the rest of the page is
    everybody's. `propose` gives questions worth asking, for who comes for the first time.

    A page of another room stands at `url_name` (whose view calls `views.questions.show`), in its `frame` with the
    heading; it is not listed among the pages of Explore, but kept, shared and exported like them. `empty` is a template
    shown while there is nothing to ask.
    """

    kind: str
    name: Any
    question: Any
    form: type[QuestionForm]
    present: Callable[[Mapping[str, Any], Asked], Presentation]
    builder: str
    result: str = "analytics/explore/result.html"
    propose: Callable[[Workspace, StoreState], Sequence[Proposal]] = _nothing
    order: int = 100
    url_name: str = ""
    frame: str = "analytics/explore/page.html"
    empty: str = ""


_pages: dict[str, QuestionPage] = {}


def register(page: QuestionPage) -> None:
    """Add `page`; one of the same kind is replaced."""
    _pages[page.kind] = page


def find(kind: str) -> QuestionPage | None:
    """The page of questions of that kind."""
    return _pages.get(kind)


def pages() -> list[QuestionPage]:
    """All of them, in the order in which they are offered."""
    return sorted(_pages.values(), key=lambda page: page.order)


def listed() -> list[QuestionPage]:
    """Those that stand in Explore."""
    return [page for page in pages() if not page.url_name]


def base_of(page: QuestionPage, workspace: Workspace) -> str:
    """The address of the page without its question."""
    if page.url_name:
        return reverse(page.url_name, kwargs={"workspace": workspace.slug})
    return reverse("explore:question", args=[workspace.slug, page.kind])
