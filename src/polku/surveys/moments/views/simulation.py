"""What a moment would have done, as the form stands; nothing is saved."""

from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.explore.asking import reader_of
from polku.eventstore.port import StoreError
from polku.surveys.lookups import get_survey
from polku.surveys.models import Moment
from polku.surveys.moments.domain import clean_terms
from polku.surveys.moments.forms import MomentForm, WeeksForm
from polku.surveys.moments.outlook import Outlook, outlook
from polku.surveys.moments.simulating import simulate_moment


@require_safe
@never_cache
@workspace_view("edit")
def moment_simulate(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """The form comes in the query string, with `moment` where it is that of a saved one. A question like any other:
    whoever asked can stop it."""
    found, form = get_survey(survey), MomentForm(request.GET)
    context: dict[str, Outlook | str] = {}
    if not form.is_valid():
        context["problem"] = _("Look at the form: something in it is not as it should be.")
    else:
        terms = form.terms()
        number = request.GET.get("moment", "")
        moment = Moment(
            pk=int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None,
            workspace=request.workspace,
            survey=found,
            **asdict(terms),
        )
        try:
            clean_terms(request.workspace, terms)
            simulation = simulate_moment(request.workspace, moment, weeks=WeeksForm(request.GET).chosen)
        except ValidationError as error:
            context["problem"] = " ".join(error.messages)
        except StoreError as error:
            context["problem"] = str(error)
        else:
            if simulation is None:
                context["problem"] = _("There is nothing to simulate on: no data has come in yet.")
            else:
                context["outlook"] = outlook(simulation, reader_of(request))
    return render(request, "surveys/moments_simulation.html", context)
