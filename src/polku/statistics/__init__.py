"""Every formula of Polku, as a library without Django and without a database.

Functions take sufficient statistics or arrays, by keyword, and return an `Estimate` (or a small frozen
result). Invalid input, n = 0 included, raises ValueError with a message that says what is wrong.
"""

from polku.statistics.comparisons import Discoveries, benjamini_hochberg, holm
from polku.statistics.estimate import Z95, Estimate
from polku.statistics.means import welch
from polku.statistics.proportions import two_proportions, wilson
from polku.statistics.rates import poisson_rate, rate_difference
from polku.statistics.resampling import bootstrap_mean, bootstrap_total
from polku.statistics.responses import ResponseRate, completion, participation, response_rate
from polku.statistics.scores import ces, csat, nps, nps_sample_size, recommend, score_difference, smiley
from polku.statistics.survival import KaplanMeier, incidence_at, kaplan_meier

__all__ = [
    "Z95",
    "Discoveries",
    "Estimate",
    "KaplanMeier",
    "ResponseRate",
    "benjamini_hochberg",
    "bootstrap_mean",
    "bootstrap_total",
    "ces",
    "completion",
    "csat",
    "holm",
    "incidence_at",
    "kaplan_meier",
    "nps",
    "nps_sample_size",
    "participation",
    "poisson_rate",
    "rate_difference",
    "recommend",
    "response_rate",
    "score_difference",
    "smiley",
    "two_proportions",
    "welch",
    "wilson",
]
