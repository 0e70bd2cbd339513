"""The same metric over all surveys."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.explore.asking import reader_of
from polku.analytics.periods import CUSTOM, period_choices, read_period
from polku.surveys.results.across import across_surveys

DEFAULT = "90"


@require_safe
@never_cache
@workspace_view("view")
def across(request: WorkspaceRequest) -> HttpResponse:
    today = dt.datetime.now(ZoneInfo(request.workspace.timezone)).date()
    given = {name: request.GET.get(name, "")[:40] for name in ("range", "from", "to")}
    period = read_period(given["range"] or DEFAULT, given["from"], given["to"], newest=today, default=DEFAULT)
    context = {
        "tables": across_surveys(request.workspace, period, reader_of(request), today=today),
        "period": period,
        "is_compared": period.first is not None,
        "ranges": [(value, name, value == period.choice) for value, name in period_choices()],
        "is_custom": period.choice == CUSTOM,
        "as_of": timezone.localtime(),
    }
    return render(request, "surveys/results_across.html", context)
