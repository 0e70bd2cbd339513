"""Every formula of Polku, as a library without Django and without a database.

Functions take sufficient statistics or arrays, by keyword, and return an `Estimate` (or a small frozen
result). Invalid input, n = 0 included, raises ValueError with a message that says what is wrong.
"""

from polku.statistics.comparisons import Discoveries, benjamini_hochberg, holm
from polku.statistics.drivers import KeyDrivers, key_drivers, ranks_that_differ
from polku.statistics.estimate import Z95, Estimate
from polku.statistics.euros import EurosAtStake, are_distinguishable, euros_at_stake, in_other_order
from polku.statistics.experiments import RatioMismatch, confidence_sequence, srm
from polku.statistics.lifetime import LifetimeValue, customer_lifetime_value, share_alive
from polku.statistics.matching import matched_difference
from polku.statistics.means import welch
from polku.statistics.outlook import CustomerOutlook, customer_outlook
from polku.statistics.perceived import PerceivedValue, perceived_value
from polku.statistics.predictions import expected_successes
from polku.statistics.proportions import two_proportions, wilson
from polku.statistics.purchases import PurchaseModel, fit_bgnbd
from polku.statistics.rates import poisson_rate, rate_difference
from polku.statistics.resampling import bootstrap_mean, bootstrap_total
from polku.statistics.responses import ResponseRate, completion, participation, response_rate
from polku.statistics.revenue import RevenueChange, orders_per_visitor, revenue, revenue_change
from polku.statistics.scores import ces, csat, nps, nps_sample_size, recommend, score_difference, smiley
from polku.statistics.spending import SpendingModel, fit_gamma_gamma
from polku.statistics.survival import KaplanMeier, incidence_at, kaplan_meier
from polku.statistics.watching import Alarm, watch

__all__ = [
    "Z95",
    "Alarm",
    "CustomerOutlook",
    "Discoveries",
    "Estimate",
    "EurosAtStake",
    "KaplanMeier",
    "KeyDrivers",
    "LifetimeValue",
    "PerceivedValue",
    "PurchaseModel",
    "RatioMismatch",
    "ResponseRate",
    "RevenueChange",
    "SpendingModel",
    "are_distinguishable",
    "benjamini_hochberg",
    "bootstrap_mean",
    "bootstrap_total",
    "ces",
    "completion",
    "confidence_sequence",
    "csat",
    "customer_lifetime_value",
    "customer_outlook",
    "euros_at_stake",
    "expected_successes",
    "fit_bgnbd",
    "fit_gamma_gamma",
    "holm",
    "in_other_order",
    "incidence_at",
    "kaplan_meier",
    "key_drivers",
    "matched_difference",
    "nps",
    "nps_sample_size",
    "orders_per_visitor",
    "participation",
    "perceived_value",
    "poisson_rate",
    "ranks_that_differ",
    "rate_difference",
    "recommend",
    "response_rate",
    "revenue",
    "revenue_change",
    "score_difference",
    "share_alive",
    "smiley",
    "srm",
    "two_proportions",
    "watch",
    "welch",
    "wilson",
]
