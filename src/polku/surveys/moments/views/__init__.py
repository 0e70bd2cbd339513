"""Pages of moments and of the limits. Thin: changes are the domain's."""

from polku.surveys.moments.views.changes import moment_delete, moment_restore, moment_switch
from polku.surveys.moments.views.limits import fatigue
from polku.surveys.moments.views.pages import moment_create, moment_edit, moments
from polku.surveys.moments.views.simulation import moment_simulate

__all__ = [
    "fatigue",
    "moment_create",
    "moment_delete",
    "moment_edit",
    "moment_restore",
    "moment_simulate",
    "moment_switch",
    "moments",
]
