"""What is true in the simulated world: every number that an analysis of its data should find again."""

from __future__ import annotations

from dataclasses import dataclass

WEEKS = 18
"""The world lasts 18 whole weeks; 120 days of them are shown. Week 1 is the first."""


@dataclass(frozen=True, kw_only=True)
class Truths:
    """The planted truths; the defaults are the demo's. `docs/reference/demo-truths.md` says where each shows.

    Shares are 0–1, weeks are counted from 1 to 18. `Truths.nothing_planted()` switches all off.
    """

    safari_failure: float = 0.72
    """Share of payments that fail in Safari on an iPhone, on top of what fails everywhere. 0: off."""
    safari_failure_from_week: int = 7
    """The week in which Safari's payments begin to fail."""
    late_share: float = 0.06
    """Share of deliveries after the promised day where nothing particular is wrong."""
    north_late_share: float = 0.58
    """The same in Lapland, North Ostrobothnia and Kainuu. Equal to `late_share`: off."""
    returns_confusion: float = 0.58
    """Share of those on the returns page who do not understand it: they ask, or give up. 0: off."""
    delightful_store: str = "Rovaniemi"
    """The store whose loyalty desk delights ("Rovaniemi" or "Tampere")."""
    loyalty_delight: float = 0.75
    """How far its desk is ahead of the other's, in faces of the four-face scale. 0: off."""
    late_shipping_cost: float = 0.45
    """Share of small baskets (below the limit of free delivery) left when the cost appears in the cart. 0: off."""
    late_shipping_cost_from_week: int = 14
    """The week in which the cost moved from the product page to the cart."""
    instagram_visitors: int = 1500
    """People whom the Instagram campaign brings. 0: off."""
    instagram_purchase: float = 0.03
    """Their chance of putting something in the cart, relative to 0.5 of other visitors who look at a product."""
    instagram_from_week: int = 14
    """The campaign's first week; it runs for four."""
    store_advice_lift: float = 1.35
    """How much likelier a purchase is after advice in a store. 1: off."""
    support_solves: float = 0.82
    """Share of contacts that customer service solves at once. 0.45: an ordinary service desk."""
    tracking_clarity: float = 0.85
    """Share of tracking messages that answer the customer's question. 0.5: an ordinary message."""
    product_page_satisfaction: float = 3.75
    """Mean answer (1–5) on product pages. It never changes: what an honest map must not call a change."""
    cross_device_share: float = 0.45
    """Share of phone visitors with a computer who come back to buy on it."""
    weekly_growth: float = 0.01
    """Growth of visits from week to week."""

    @classmethod
    def nothing_planted(cls) -> Truths:
        """The same shop with every planted truth switched off."""
        return cls(
            safari_failure=0,
            north_late_share=cls.late_share,
            returns_confusion=0,
            loyalty_delight=0,
            late_shipping_cost=0,
            instagram_visitors=0,
            store_advice_lift=1,
            support_solves=0.45,
            tracking_clarity=0.5,
            weekly_growth=0,
        )
