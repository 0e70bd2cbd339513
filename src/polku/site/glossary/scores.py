"""What customers say: scores and what they are made of."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "metric",
        _("Metric"),
        _(
            "What a survey measures: NPS, CSAT, CES or a smiley. Each has its own question and scale, so "
            "metrics are never added together or averaged with each other."
        ),
        see=("nps", "csat", "ces", "smiley", "score"),
    ),
    Term(
        "score",
        _("Score and result"),
        _(
            "A score is what one person answered, such as 9. A result is what all the answers make together, "
            "such as NPS 42."
        ),
        see=("metric", "n"),
    ),
    Term(
        "nps",
        _("NPS (Net Promoter Score)"),
        _(
            "How likely people say they are to recommend you, asked on the scale 0–10: the share of "
            "promoters (9–10) minus the share of detractors (0–6). It runs from −100 to 100."
        ),
        _(
            "Those who answer 7–8 are passives: they belong to the n but to neither side. An answer on any "
            "other scale is not NPS; Polku shows it as likelihood to recommend. With a hundred answers the "
            "probable range is often thirty points wide, so small movements mean nothing. Net Promoter®, "
            "NPS® and Net Promoter Score are trademarks of Bain & Company, Satmetrix Systems and Fred "
            "Reichheld."
        ),
        see=("recommend", "detractor", "interval"),
    ),
    Term(
        "detractor",
        _("Detractor"),
        _("Somebody who answered 0–6 when asked how likely they are to recommend you."),
        _("Promoters answer 9–10, passives 7–8."),
        see=("nps",),
    ),
    Term(
        "recommend",
        _("Likelihood to recommend"),
        _(
            "The same question as in NPS, asked on another scale than 0–10. Its result is a mean on that "
            "scale, because NPS cannot be worked out from it."
        ),
        see=("nps",),
    ),
    Term(
        "csat",
        _("CSAT (satisfaction)"),
        _(
            "How satisfied people say they are: the share of the two best answers, 4–5 on the scale 1–5 or "
            "6–7 on the scale 1–7."
        ),
        _(
            "The mean of the answers is shown beside it, but the share is easier to understand: so many of a "
            "hundred were satisfied."
        ),
        see=("metric", "interval"),
    ),
    Term(
        "ces",
        _("CES (ease)"),
        _(
            "How easy it was to get something done: the share of those who agree, 5–7 on the scale 1–7, that "
            "the company made it easy. The higher, the easier."
        ),
        _(
            "This is version 2.0 of the metric. The older one asked on 1–5 how much effort was needed, so "
            "there a low score was good; the two are never mixed."
        ),
        see=("metric",),
    ),
    Term(
        "smiley",
        _("Smiley"),
        _("Four faces, from unhappy to happy, are worth 0, 33, 67 and 100 points. The result is their mean."),
        _("Presses less than three seconds apart on the same device count as one, the last."),
        see=("metric",),
    ),
    Term(
        "feeling",
        _("Feeling"),
        _(
            "How customers feel at a touchpoint, from −1 (very negative) to +1 (very positive). It comes "
            "from one metric, named beside it: answers of different metrics are never mixed."
        ),
        _(
            "Any scale is moved so that its middle is 0 and its ends are −1 and +1. The first of smiley, "
            "CSAT, likelihood to recommend and CES with at least 30 answers is used, or else the one with "
            "most answers. The band around the curve is the probable range."
        ),
        see=("assumption", "surprise", "interval"),
    ),
    Term(
        "assumption",
        _("Assumption, or the team’s guess"),
        _(
            "How the team thinks customers feel at a touchpoint. It stays on the map as a thin line, and "
            "what was measured is drawn over it."
        ),
        see=("feeling", "surprise", "evidence"),
    ),
    Term(
        "surprise",
        _("Surprise"),
        _(
            "Where what was measured differs from the team’s guess by more than chance explains. The biggest "
            "are listed first."
        ),
        see=("assumption", "interval"),
    ),
)
