"""Touchpoints that most companies have, and the words by which signals, pages and people name them.

The same words recognise names of events, contact reasons, order states, parts of page addresses, and touchpoints that
people have drawn, in English and Finnish. The first concept whose words are found in a name is it, so that what is
particular (a failed payment) stands before what is general (a payment).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

START, CHOOSE, BUY, RECEIVE, AFTER = "start", "choose", "buy", "receive", "after"
STAGES: dict[str, Any] = {
    START: _("Starting point"),
    CHOOSE: _("Before the purchase"),
    BUY: _("The purchase"),
    RECEIVE: _("The order arrives"),
    AFTER: _("After the purchase"),
}
"""In the order of the map."""

ORDER, SUPPORT, SURVEY, VISIT = "order", "support", "survey", "visit"
"""Keys of the concepts that take orders, contacts, answers and views of pages that nothing else takes."""


@dataclass(frozen=True)
class Concept:
    """A touchpoint by its meaning. `words` is searched for in a name made plain; `stage` is None where only the order
    of people's ways tells it."""

    key: str
    stage: str | None
    name: Any
    words: str
    channels: tuple[str, ...] = ("web", "mobile")
    is_moment_of_truth: bool = False
    is_backstage: bool = False


# In the order of the map, stage by stage; `_SOONER` says which are looked for before all others.
CONCEPTS: tuple[Concept, ...] = (
    Concept("advertisement", START, _("Advertisement"), r"\bads?\b|\badvert|\bmainos|\bbanner|\bimpression",
            ("advertising", "social")),
    Concept("search_result", START, _("Search result"), r"^search result$|\bhakutulo|\borganic search\b|\bhakumainos",
            ("search",)),
    Concept("campaign", START, _("Campaign page"), r"\bpromo|\bcampaign|\bkampanj|\btarjou|\blanding|\boffers?\b"),
    Concept(VISIT, START, _("Visit to the site"), r"^visit$|\bsite visit|\bvierailu|\bkäynti sivu"),
    Concept("home", START, _("Front page"), r"\bhome( ?page)?$|\bfront ?page|\betusivu|^index$|^main page$"),

    Concept("site_search", CHOOSE, _("Search on the site"),
            r"^search$|\bsite search|\bsearched|\bsearch results\b|^haku$|^haku (sivu|teh)|\bhaki\b"
            r"|\bsearch submitted"),
    Concept("product_list", CHOOSE, _("Browsing products"),
            r"\bcatalog|\bcategor|\bproduct list|\bitem list|\blisting|\bcollections?\b|\btuotelist|\btuoteryhm"
            r"|\bkategori|\bvalikoima|\bosasto|\bplp\b"),
    Concept("filters", CHOOSE, _("Filtering products"), r"\bfilter|\bsort(ed|ing)?\b|\brajau|\bsuodat"),
    Concept("product", CHOOSE, _("Product page"),
            r"\bproduct (page|view|detail|click|open)|\bview(ed)? (item|product)\b|\bselect item\b|\btuotesivu"
            r"|\btuote (avattu|katso)|\btuottee?n katso|\bpdp\b|^products?$|^tuot(e|teet)$|\bproduct question"
            r"|\btuotekysym|\bitem view"),
    Concept("comparison", CHOOSE, _("Reviews and comparison"),
            r"\bcompar|\bvertail|\breview pages?\b|\breviews? (read|view)|\barvostelut\b|\breviews$"),
    Concept("wishlist", CHOOSE, _("Wishlist"), r"\bwish ?list|\bfavou?rite|\btoivelist|\bsuosik"),
    Concept("stock", CHOOSE, _("Availability"), r"\bstock\b|\bavailab|\bsaatavuu|\bvarastosaldo|\bback in stock"),
    Concept("store_advice", CHOOSE, _("Advice in the store"),
            r"\bstore advice|\badvice\b|\bmyymälä\w* neuvon|\bneuvonta|\bfitting room|\bsovitus", ("store",)),
    Concept("quote", CHOOSE, _("Request for an offer"), r"\bquote|\btarjouspyyn|\bdemo request|\brequest demo",
            ("web", "email")),
    Concept("registration", CHOOSE, _("Registration"),
            r"\bsign(ed)? ?up\b|\bregist|\brekister|\baccount created|\bcreate account|\bliittymi"),

    Concept("basket", BUY, _("Shopping cart"),
            r"\bcart\b|\bbasket\b|\bproduct added\b|\bostoskor|\bostoskärry|\bkori(in|ssa)?\b"),
    Concept("discount", BUY, _("Discount code"), r"\bcoupon|\bvoucher|\bdiscount|\balennu|\balekood|\bpromo code"),
    Concept("delivery_choice", BUY, _("Choice of delivery"),
            r"\bshipping (detail|info|cost|method|step|address|option)|\badd shipping|\bdelivery (method|option|choice|"
            r"address)|\bchoice of delivery|\btoimitustav|\btoimituskul|\btoimitusosoi"),
    Concept("checkout", BUY, _("Checkout"), r"\bcheckout|\bcheck out\b|\bkassa"),
    Concept("payment", BUY, _("Payment"), r"\bpayment|\bpay\b|\bpaid\b|\bmaksu|\bmaksami|\bmaksoi|\bbilling\b"),
    Concept("payment_failed", BUY, _("Failed payment"),
            r"\bpay\w* (fail|error|declin|reject|problem)|\bfailed payment|\bmaksu\w* (ei|epäonn|hylä|virhe)",
            is_moment_of_truth=True),
    Concept("store_checkout", BUY, _("Checkout in the store"),
            r"\bcheckout in the store|\bmyymälä\w* kass|\bpos sale|\btill\b|\bin store purchase|\bkassakuitti",
            ("store",)),
    Concept(ORDER, BUY, _("Order placed"),
            r"\border (placed|complete|created|submitted|sent|made|received)|\bpurchase|^orders?$|^ordered$"
            r"|\bcheckout (complete|success)|\btransaction|\btilaus tehty|\btilaus (lähetetty|vastaanotettu)$|^tilattu$"
            r"|^tilau(s|kset)$|\bthank ?you|\bkiitos|^osto$|^order success", is_moment_of_truth=True),

    Concept("confirmation", RECEIVE, _("Order confirmation"), r"\bconfirm|vahvist", ("email",)),
    Concept("accepted", RECEIVE, _("Order accepted"), r"\bapprov|\baccepted\b|\bhyväksy", ("email",)),
    Concept("invoice", RECEIVE, _("Invoice"), r"\binvoic|\blasku", ("email", "post")),
    Concept("picking", RECEIVE, _("Picking and packing"),
            r"\bwarehouse|\bpicking\b|\bpacked\b|\bpacking\b|\bkeräil|\bpakkau|\bpakattu", (), is_backstage=True),
    Concept("shipped", RECEIVE, _("Handed to the carrier"),
            r"\bshipped|\bcarrier|\bdispatch|\bshipment|\bfulfil|\bluovut|\bkuljetuks|\blähetetty|\bmatkalla",
            ("delivery",)),
    Concept("tracking", RECEIVE, _("Tracking the delivery"), r"\btracking|\btrack\b|\btracked|\bseuran",
            ("email", "web")),
    Concept("delivery", RECEIVE, _("Delivery or collection"),
            r"\bdeliver|\btoimit|\bparcel|\bpaket|\bpicked ?up|\bpick ?up|\bnouto|\bnoude|\bcollection\b|\barriv"
            r"|\bsaapu|\bperill|\bkuljet|\bshipping|\bwhere is my order|\bmissä (tilauks|pakett)",
            ("delivery", "store"), is_moment_of_truth=True),
    Concept("cancellation", RECEIVE, _("Order cancelled"), r"\bcancel|\bperu(ttu|utettu|utus|utti)|\bvoided"),

    Concept(SUPPORT, AFTER, _("Customer service"),
            r"\bsupport|\bhelp ?desk|\bcustomer service|\bchat|\basiakaspalvel|\byhteydenot|\bcontact|\bfaq\b|\bukk\b"
            r"|\btuki\b|\bticket|\bcall(ed)?\b|\bsoitto", ("phone", "chat", "email")),
    Concept("returns", AFTER, _("Return"),
            r"\breturn(s|ed)?\b|\bpalautu|\bpalauttam|\bpalautettu|\brefund|\bhyvity|\bexchange\b|\bvaihto\b",
            ("web", "store", "post")),
    Concept("review_written", AFTER, _("Writing a review"),
            r"\breview (submit|written|left|post|sent|add)|\bproduct reviewed|\breview$|\barvostelu(n|\b)|\barvioi"),
    Concept(SURVEY, AFTER, _("Feedback survey"),
            r"\bsurvey|kysely|\bpalaut(e|etta|teen|teet)\b|\bpalautelom|\bfeedback|\bnps\b|\bcsat\b|\bces\b",
            ("email",)),
    Concept("account", AFTER, _("My account"),
            r"\baccount|\bmy pages|\bomat (sivu|tila|tiedo)|\bprofile|\blog(ged)? ?in\b|\bsign(ed)? ?in\b|\bkirjautu"),
    Concept("messages", AFTER, _("Messages to the customer"),
            r"\bnewsletter|\buutiskirj|\be ?mail\w* |\be ?mail$|\bpush notif|\bsms\b|\bviesti", ("email",)),
    Concept("loyalty", AFTER, _("Loyalty benefits"), r"\bloyal|\bkanta ?asia|\betukort|\bbonus|\bpoints\b",
            ("app", "store", "email")),
    Concept("recommendation", AFTER, _("Recommending to a friend"),
            r"\brecommend|\bsuosittel|\brefer|\bshared?\b|\bjaettu", ("social", "word_of_mouth")),

    Concept("errors", None, _("Error on the site"),
            r"\berror|\bbugs?\b|\bvirhe|^404|\bnot found\b|\bexception|\bcrash"),
)  # fmt: skip

_SOONER = (
    "payment_failed", "store_checkout", "store_advice", "quote", "tracking", "returns", "cancellation", "order",
    "confirmation", "review_written", "comparison", "errors", "accepted", "invoice", "picking", "shipped",
    "delivery_choice", "delivery", "site_search", "search_result", "support", "messages", "discount",
    "basket", "registration",
)  # fmt: skip
BY_KEY = {concept.key: concept for concept in CONCEPTS}
_PLACE = {concept.key: place for place, concept in enumerate(CONCEPTS)}
_IN_TURN = [
    (concept, re.compile(concept.words))
    for concept in sorted(
        CONCEPTS, key=lambda each: _SOONER.index(each.key) if each.key in _SOONER else len(_SOONER)
    )
]

# Signals that say that somebody did something, not where: a map made of them would say nothing.
_TECHNICAL = re.compile(
    r"^(page ?views?|pageview|page viewed|page loaded|page measured|screen views?|screen viewed|session start(ed)?"
    r"|session end(ed)?|user engagement|first visit|first open|app (open|opened|start|started)|application opened"
    r"|scroll\w*|clicks?|clicked|link clicked|outbound link|file download(ed)?|form (start|submit|submitted|sent)"
    r"|web vitals|identify|group|alias|heartbeat|ping|timing complete|gtm .*|optimi[sz]e .*|experiment viewed"
    r"|(product|item) removed.*|remove(d)? from (cart|basket)|view promotion|select promotion|consent.*)$"
)
_PAGE_VIEWS = re.compile(r"^(page ?views?|pageview|page viewed|page loaded|screen views?|screen viewed)$")
_ARRIVALS = re.compile(r"^(session start(ed)?|first visit|first open|app (open|opened|start|started))$")


def plain(text: str) -> str:
    """A name as words: small letters, one space between, `productViewed` and `product_viewed` alike."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"(?<=[a-zåäö0-9])(?=[A-ZÅÄÖ])", " ", text)
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


@lru_cache(maxsize=4096)
def recognise(text: str) -> Concept | None:
    """The concept that a name means, of an event, a reason, a page or a touchpoint; None where nobody knows it."""
    words = plain(text)
    return next((concept for concept, sought in _IN_TURN if sought.search(words)), None)


def place_of_key(key: str) -> int:
    """Where on the map the concept of that key stands, among all concepts."""
    return _PLACE[key]


def is_technical(event: str) -> bool:
    """Whether an event tells too little to be a touchpoint of its own."""
    return bool(_TECHNICAL.match(plain(event)))


def is_page_view(event: str) -> bool:
    return bool(_PAGE_VIEWS.match(plain(event)))


def is_arrival(event: str) -> bool:
    return is_page_view(event) or bool(_ARRIVALS.match(plain(event)))
