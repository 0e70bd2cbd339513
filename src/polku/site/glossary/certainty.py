"""How sure a figure is."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "interval",
        _("Probable range"),
        _(
            "The figure is an estimate from those who happened to be counted. “Probably 31–42” means: worked "
            "out like this, the range holds the true figure 95 times out of a hundred."
        ),
        _(
            "Statisticians call it the 95 % confidence interval. The more answers or people there are, the "
            "narrower it is: four times as many make it half as wide. If the ranges of two figures overlap a "
            "lot, do not decide anything by their difference. “±4” says the same in short: the longer arm of "
            "the range."
        ),
        see=("n", "no_evidence", "small_group"),
    ),
    Term(
        "n",
        _("n"),
        _(
            "From how many the figure was worked out: people, answers, visits or orders. Without it no "
            "figure says how much to trust it."
        ),
        _("An n of 30 gives a rough idea, one of a few hundred a usable figure."),
        see=("interval", "small_group"),
    ),
    Term(
        "small_group",
        _("Fewer than 30"),
        _(
            "A figure of fewer than 30 people or answers is drawn grey or hollow: it may be far from the "
            "truth, so read its probable range before the figure itself."
        ),
        see=("n", "interval"),
    ),
    Term(
        "no_evidence",
        _("No evidence of change"),
        _(
            "The difference is so small, or the answers so few, that chance alone can explain it. It does "
            "not mean that nothing changed, only that this data does not show it."
        ),
        _(
            "When many figures are compared at once, a few would look changed by chance alone. Polku "
            "corrects for that, so what is listed as changed really did so, as far as data can tell."
        ),
        see=("interval", "n"),
    ),
    Term(
        "evidence",
        _("Evidence of a touchpoint"),
        _(
            "What the touchpoint’s figures rest on. Assumption: only what the team thinks. Observed: data "
            "tells what customers do. Measured: customers have themselves said how they feel."
        ),
        see=("assumption", "binding", "grade"),
    ),
    Term(
        "grade",
        _("Grade of evidence, A–D"),
        _(
            "How we know that one thing leads to another. A: shown by an experiment. B: a change compared "
            "with a group that did not get it. C: a statistical connection. D: an estimate."
        ),
        _(
            "Only A proves a cause. In C both may come from a third thing: slow devices belong to other "
            "people than fast ones."
        ),
        see=("evidence",),
    ),
    Term(
        "median",
        _("Median"),
        _(
            "The middle one: half took less time, half took more. Unlike the mean, it does not jump because "
            "of a few very slow ones."
        ),
        see=("quartile", "mean"),
    ),
    Term(
        "quartile",
        _("Quartiles"),
        _(
            "A quarter took less than the first quartile, three quarters less than the third. Between them "
            "is the middle half."
        ),
        see=("median",),
    ),
    Term(
        "mean",
        _("Mean"),
        _("All values added up and divided by their number. A few exceptional values pull it towards them."),
        see=("median",),
    ),
    Term(
        "unfinished",
        _("Unfinished period"),
        _(
            "A day, week or month that is still going on, or of which only a part is looked at. It is drawn "
            "with an outline and must not be compared with whole ones."
        ),
        see=("trend",),
    ),
)
