"""The lines that a website pastes, and examples of what else it may say. docs/reference/tracker.md explains them."""

from __future__ import annotations

from dataclasses import dataclass

# Until the tracker has loaded, calls wait in an array; the tracker takes them from there and fills in the functions.
_WAITING = """\
<script>
  window.polku = Array.isArray(window.polku) ? polku : [];
  "track page identify reset consent".split(" ").forEach(function (name) {
    polku[name] = polku[name] || function () { polku.push([name, arguments]); };
  });
</script>
"""


@dataclass(frozen=True)
class Choices:
    """`is_cookieless`: visitors without consent are counted; `consent_by_tool`: a consent tool loads the script only
    after consent; `with_vitals`: loading times are measured too."""

    is_cookieless: bool = False
    consent_by_tool: bool = False
    with_vitals: bool = False


def snippet(address: str, key: str, choices: Choices) -> str:
    """What goes into every page's <head>. `address` is the server's, without a slash at its end."""
    attributes = [f'data-key="{key}"']
    if choices.is_cookieless:
        attributes.append("data-cookieless")
    if choices.consent_by_tool:
        attributes.append('data-consent="given"')
    text = f'{_WAITING}<script async src="{address}/polku.js"\n  {" ".join(attributes)}></script>\n'
    if choices.with_vitals:
        text += f'<script async src="{address}/polku-vitals.js"></script>\n'
    return text


@dataclass(frozen=True)
class ConsentExample:
    """How a consent tool's own event tells the tracker."""

    tool: str
    code: str


OWN_BANNER = """\
polku.consent(true);
polku.consent(false);"""

CONSENT = (
    ConsentExample(
        "Cookiebot",
        """\
window.addEventListener("CookiebotOnConsentReady", function () {
  polku.consent(Cookiebot.consent.statistics);
});""",
    ),
    ConsentExample(
        "Cookie Information",
        """\
window.addEventListener("CookieInformationConsentGiven", function () {
  polku.consent(CookieInformation.getConsentGivenFor("cookie_cat_statistic"));
});""",
    ),
    ConsentExample(
        "OneTrust",
        """\
window.addEventListener("OneTrustGroupsUpdated", function (event) {
  if (OneTrust.IsAlertBoxClosed()) polku.consent(event.detail.includes("C0002"));
});""",
    ),
)

ORDER = """\
polku.track("Order Completed", {
  order_id: "10245",
  total: 89.9,
  currency: "EUR",
  payment_method: "MobilePay",
  guest: true,
  products: [{ product_id: "teltta-2", name: "Kaksikko", price: 89.9, quantity: 1 }]
});"""

SIGNED_IN = """\
polku.identify("7431", { email: "asiakas@example.fi" });"""

SIGNED_OUT = """\
polku.reset();"""

DECLARED = """\
<button data-polku-event="Product Added"
        data-polku-properties='{"product_id": "teltta-2", "price": 89.9}'>"""

RESULTS = '<div data-polku-results="0">'
