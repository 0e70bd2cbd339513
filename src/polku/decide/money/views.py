"""The page of the four questions about money."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.models import Workspace
from polku.accounts.queries import order_states
from polku.accounts.views.forms import add_errors
from polku.analytics.money import MoneyTerms
from polku.decide.models import MoneyAnswers
from polku.decide.money import domain, queries
from polku.decide.money.forms import MoneyForm
from polku.eventstore.port import StoreError
from polku.journeys.start_page import start_page
from polku.site import checklist
from polku.site.formats import Reader

_EXAMPLE = 100.0


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def money(request: WorkspaceRequest) -> HttpResponse:
    """Answer anew, see what holds now and what was answered before."""
    workspace = request.workspace
    reader = Reader(get_language() or "en", workspace.currency, workspace.timezone)
    given = queries.answers(workspace)
    form = MoneyForm(
        request.POST if request.method == "POST" else None,
        workspace=workspace,
        states=order_states(workspace),
        newest=given[0] if given else None,
        reader=reader,
    )
    if request.method == "POST" and form.is_valid():
        try:
            domain.answer_money_questions(workspace=workspace, actor=request.user, **form.answers())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved. It holds for every euro from now on."))
            return redirect("decide:money", workspace=workspace.slug)
    context = {
        "form": form,
        "example": _example(queries.money_terms(workspace), reader),
        "history": [_row(row, reader) for row in given],
        "measured": _measured(workspace, reader),
        "map": start_page(request, workspace),
        "next": checklist.whole(request).next if given else None,
    }
    return render(request, "decide/money.html", context, status=422 if form.errors else 200)


def _example(terms: MoneyTerms | None, reader: Reader) -> dict[str, str] | None:
    """What the answers make of an order of a hundred euros, step by step."""
    if terms is None:
        return None
    without_vat = terms.sales_without_vat(_EXAMPLE)
    return {
        "order": reader.price(_EXAMPLE),
        "without_vat": reader.price(without_vat),
        "kept": reader.price(without_vat * (1 - terms.returned)),
        "margin": reader.price(terms.margin_of(_EXAMPLE)),
    }


def _measured(workspace: Workspace, reader: Reader) -> str:
    """What refunds say of the question of returns; "" where there are none, or the store has no time."""
    try:
        found = queries.measured_returns(workspace)
    except StoreError:
        return ""
    if found is None:
        return ""
    return _("Measured: of the last year’s sales %(share)s was refunded (%(sum)s of %(number)s orders).") % {
        "share": reader.percent(found.refunded / found.sold, 1),
        "sum": reader.price(found.refunded),
        "number": reader.number(found.orders),
    }


def _row(row: MoneyAnswers, reader: Reader) -> dict[str, object]:
    def percent(share: float) -> str:
        return reader.percent(share, 0 if round(100 * share, 4).is_integer() else 1)

    return {
        "day": reader.day(timezone.localtime(row.answered_at).date(), year=True),
        "by": str(row.answered_by or ""),
        "margin": percent(row.margin),
        "vat": percent(row.vat_rate) if row.vat_included else "",
        "returned": percent(row.returned),
        "states": ", ".join(row.cancelled_states),
        "contact_cost": reader.price(row.contact_cost),
        "basis": row.get_basis_display(),
    }
