"""Words of changes, goals and alerts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "clear_change",
        _("Real change"),
        _(
            "A difference between two periods that is more than chance, even though all metrics of the map were "
            "looked at together."
        ),
        _(
            "Of forty metrics that stay the same, two would seem to change by chance alone. The test of all of them "
            "together (Benjamini–Hochberg) leaves those out. What happened at the same time need not be what changed "
            "it."
        ),
        see=("no_evidence", "interval"),
    ),
    Term(
        "goal",
        _("Goal"),
        _(
            "Where a figure should be by a day. It is met when the whole interval of the last 28 days is on the right "
            "side of it."
        ),
        _(
            "It is missed when its day has passed and the whole interval of the 28 days before it is on the wrong "
            "side. When the interval reaches over the goal, or there are fewer than 30 answers, it is not known."
        ),
        see=("interval", "small_group"),
    ),
    Term(
        "alert",
        _("Alert"),
        _(
            "A message that a metric has really changed. Each metric is looked at every day against its own earlier "
            "level."
        ),
        _(
            "Looking every day would find false changes soon if one looked carelessly. Here a metric that does not "
            "change gives a false alert in at most one year of twenty, and all metrics together at most one a year. "
            "After an alert the metric gets a new level, which takes some weeks."
        ),
        see=("clear_change",),
    ),
)
