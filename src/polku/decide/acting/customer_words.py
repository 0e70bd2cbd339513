"""What customers are told of finished work: words proposed from what they said, and the public page of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.decide.models import CustomerPage
from polku.journeys.models import Action
from polku.site.tokens import digest_of, new_nonce, token_of

Record = Mapping[str, Any]

_SALT = "polku.decide.said"
_LONGEST = 64
_MOST_REASONS = 2
_MOST_SHOWN = 100


@dataclass(frozen=True)
class Told:
    """One entry of the public page."""

    you_said: str
    we_did: str
    day: Any


def proposed_words(action: Action, cell: Record | None) -> tuple[str, str]:
    """(you said, we did) to start from, in the workspace's language: the reasons for which most contacted the company
    at the touchpoint, in the company's own words for them, and what was done. Nobody is quoted."""
    with translation.override(action.workspace.language):
        contact = cell["contact"] if cell else None
        reasons = [each["name"] for each in contact["reasons"] if each["name"]] if contact else []
        named = ", ".join(_("“%(words)s”") % {"words": reason} for reason in reasons[:_MOST_REASONS])
        place = action.opportunity.touchpoint.name
        said = (
            _("Many of you contacted us about this: %(reasons)s.") % {"reasons": named}
            if named
            else _("You told us what does not work here: %(place)s.") % {"place": place}
        )
        return said, _("We did this: %(name)s.") % {"name": action.name}


def page_of(workspace: Workspace) -> CustomerPage | None:
    with scope(workspace=workspace):
        return CustomerPage.objects.first()


def address_of(page: CustomerPage) -> str:
    """The path of the page."""
    return reverse("decide_public:said", args=[page.name or token_of(page.nonce, salt=_SALT)])


def ensure_page(workspace: Workspace) -> CustomerPage:
    """The workspace's page; made at the first need, under an address that nobody can guess."""
    with scope(workspace=workspace), transaction.atomic():
        nonce = new_nonce()
        page, _is_new = CustomerPage.objects.get_or_create(
            workspace=workspace,
            defaults={"nonce": nonce, "digest": digest_of(token_of(nonce, salt=_SALT))},
        )
    return page


def set_page(*, workspace: Workspace, name: str, lead: str, actor: User | None) -> CustomerPage:
    """Choose the end of the address ("" for one that nobody can guess) and the words at the top. One transaction with
    its audit entry. Raises ValidationError where somebody else has that address."""
    page = ensure_page(workspace)
    try:
        with scope(workspace=workspace), transaction.atomic():
            page.name, page.lead = name.strip().lower() or None, lead.replace("\0", "").strip()
            page.save(update_fields=["name", "lead"])
            record_audit(
                workspace=workspace, actor=actor, action="customer_page.updated", target=page.name or ""
            )
    except IntegrityError:
        raise ValidationError({"name": _("This address is taken. Choose another.")}) from None
    return page


def find_page(token: str) -> CustomerPage | None:
    """The page of a public address. One with a name of its own is not found by its token any more."""
    if not 0 < len(token) <= _LONGEST:
        return None
    with scopes_disabled():
        pages = CustomerPage.objects.select_related("workspace")
        return pages.filter(name=token).first() or pages.filter(digest=digest_of(token), name=None).first()


def told(workspace: Workspace) -> list[Told]:
    """What is public, the newest first."""
    with scope(workspace=workspace):
        published = Action.objects.exclude(published_at=None).order_by("-published_at", "-pk")[:_MOST_SHOWN]
        return [Told(each.you_said, each.we_did, each.done_on or each.published_at) for each in published]
