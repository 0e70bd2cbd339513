"""The words of headers in Finnish and English, and the roles they speak for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

PRECISE, USUAL, POSSIBLE = 3, 2, 1
"""How sure a word is: it means this role and nothing else; it usually does; it can."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_ID = _any(
    " ?id", " ?nro", " ?nr", " ?no", " ?num", " ?numero", " ?number", " ?tunnus", " ?tunniste", " ?koodi", " ?code",
    " ?key", " ?ref", " ?reference", " ?hash",
)  # fmt: skip
_WHEN = _any(
    "pv", "pvm", "paiva", "paivamaara", "aika", "ajankohta", "aikaleima", "hetki", "date", "time", "timestamp",
    "datetime", "at", "on", "luotu", "created", "placed", "opened", "avattu",
)  # fmt: skip
_AMOUNT = _any(
    "loppusumma", "summa", "yhteissumma", "kokonaissumma", "yhteensa", "arvo", "hinta", "total", "subtotal", "value",
    "amount", "revenue", "price",
)  # fmt: skip
_SOMEBODY = _any(
    "asiakas", "asiakkaan", "jasen", "jasenen", "kayttaja", "kayttajan", "henkilo", "henkilon", "kavija", "kavijan",
    "tilaaja", "tilaajan", "ostaja", "ostajan", "vastaaja", "vastaajan", "kontakti", "kontaktin", "customer", "client",
    "member", "user", "person", "visitor", "contact", "subscriber", "buyer", "shopper", "respondent", "account", "cust",
    "anonymous", "profile", "requester", "kayttajatili",
)  # fmt: skip
_PURCHASE = _any(
    "tilaus", "tilauksen", "order", "purchase", "transaction", "kauppa", "kaupan", "osto", "oston", "ostotapahtuma",
    "ostotapahtuman", "sale", "kuitti", "kuitin", "receipt", "lasku", "laskun", "invoice", "checkout", "booking",
    "varaus", "varauksen",
)  # fmt: skip
_CASE = _any(
    "tiketti", "tiketin", "ticket", "case", "tapaus", "tapauksen", "tukipyynto", "tukipyynnon", "yhteydenotto",
    "yhteydenoton", "issue", "palvelupyynto", "palvelupyynnon", "conversation", "keskustelu", "keskustelun", "chat",
    "call", "puhelu", "puhelun", "soitto", "soiton", "asiakaspalvelutapaus", "enquiry", "inquiry", "request",
    "support request", "asian",
)  # fmt: skip
_REPLY = _any(
    "vastaus", "vastauksen", "response", "answer", "review", "arvostelu", "arvostelun", "submission", "palaute",
    "palautteen", "feedback", "survey response", "result",
)  # fmt: skip
_DEED = _any(
    "tapahtuma", "tapahtuman", "event", "toiminto", "toiminnon", "action", "activity", "askel", "vaihe"
)
_BOND = _any(
    "sopimus", "sopimuksen", "contract", "subscription", "kestotilaus", "kestotilauksen", "jasenyys", "jasenyyden",
    "membership", "vakuutus", "vakuutuksen", "policy", "liittyma", "liittyman", "asiakkuus", "asiakkuuden",
)  # fmt: skip
_GIVEN_BACK = _any("hyvitys", "hyvityksen", "palautus", "palautuksen", "refund", "credit note", "return")
_STAY = _any("istunto", "istunnon", "session", "kaynti", "kaynnin", "visit", "vierailu", "vierailun", "sess")

Table = tuple[tuple[int, str], ...]
"""(how sure, the whole of a plain name as a pattern)."""

WORDS: dict[str, Table] = {
    "person": (
        (PRECISE, _SOMEBODY + _ID),
        (PRECISE, "customer unique id|asiakasno|distinct id|uid|userid|customerid|asiakasid"),
        (
            USUAL,
            "asiakas|asiakkaat|kayttaja|customer|user|client|member|visitor|kavija|vastaaja|respondent|ostaja",
        ),
        (USUAL, "username|user name|kayttajanimi|kayttajatunnus"),
        (POSSIBLE, "person|henkilo|tilaaja|buyer|requester|pyytaja|contact|kontakti|account|tili|id|tunnus"),
    ),
    "email": ((PRECISE, ".*(?:sahkoposti|s posti|e ?mail|meili).*"), (USUAL, "mail|posti")),
    "phone": (
        (PRECISE, "(?:.* )?(?:puhelin|matkapuhelin|phone|mobile|telephone|kannykka|gsm|puh|tel)(?: .*)?"),
        (PRECISE, ".*(?:puhelinnumero|puhelinnro|phonenumber|puhnro).*"),
    ),
    "loyalty": (
        (PRECISE, ".*(?:kanta ?asiakas|bonuskort|etukort|jasenkort|loyalty|club card|bonus card).*"),
    ),
    "order": (
        (PRECISE, _PURCHASE + _ID),
        (PRECISE, "tilausno|orderid|order nbr|increment id|sales order"),
        (USUAL, "tilaus|order|osto|purchase|kuitti|receipt|transaction|lasku|invoice|varaus|booking"),
    ),
    "ticket": (
        (PRECISE, _CASE + _ID),
        (USUAL, "tiketti|ticket|case|tukipyynto|yhteydenotto|palvelupyynto"),
    ),
    "response": ((PRECISE, _REPLY + _ID),),
    "session": ((PRECISE, _STAY + _ID), (USUAL, "istunto|session|kaynti|visit|vierailu")),
    "event": (
        (PRECISE, _DEED + "(?: ?(?:nimi|name|type|tyyppi|laji))?"),
        (PRECISE, "activity ?id|event action|tapahtumatyyppi|tapahtumanimi"),
        (USUAL, "step|stage|toimenpide|tapahtumat|events|operation"),
    ),
    "status": (
        (
            PRECISE,
            "(?:tilauksen|toimituksen|maksun|order|fulfillment|financial|payment|delivery|tilaus) ?"
            "(?:tila|status|state|tilanne)",
        ),
        (PRECISE, "tilaustila|tilausstatus"),
        (USUAL, "tila|status|state|tilanne|vaihe"),
    ),
    "score": (
        (PRECISE, r"(?:.* )?(?:nps|csat|ces)(?: .*)?|npsscore|nps\d*"),
        (PRECISE, ".*(?:arvosana|tyytyvai|suosittel|tahtiarvio|rating|satisfaction|recommend).*"),
        (
            PRECISE,
            "(?:review|survey|feedback|customer|overall|palaute|yleis|kokonais) ?(?:score|grade|arvio|pisteet)",
        ),
        (PRECISE, "tahdet|stars?|hymio|smiley|hymynaama"),
        (USUAL, "score|pisteet|arvio|arvostelu|grade|points|pistemaara|vastaus|answer|kokonaisarvio"),
        (
            USUAL,
            ".*(?:kuinka (?:helppo|vaivaton|todennakoi|hyvin)|how (?:easy|likely|satisfied)|asteikolla|on a scale|"
            "helppous|effort).*",
        ),
    ),
    "comment": (
        (
            PRECISE,
            ".*(?:kommentti|kommentit|vapaa ?sana|avoin (?:palaute|vastaus)|avovastaus|comment|free ?text|perustel|"
            "verbatim|feedback text|review text).*",
        ),
        (PRECISE, "palaute(?:teksti)?|palautteesi|feedback|arvosteluteksti"),
        (USUAL, ".*(?:miksi|why|terveis|kehitys|parann|improve|kerro ).*"),
        (POSSIBLE, "teksti|text|viesti|message|content|sisalto|review"),
    ),
    "reason": (
        (
            PRECISE,
            ".*(?:yhteydenoton|yhteydenotto|tiketin|soiton|contact|ticket|case|call|palautteen) ?"
            "(?:syy|aihe|reason|topic|type|tyyppi|kategoria|category|luokka|subject)",
        ),
        (PRECISE, "syy|asian laatu|reason|reason (?:for|of) contact|disposition"),
        (
            USUAL,
            "aihe|aihealue|kategoria|category|topic|aiheluokka|luokka|luokitus|palvelupyynnon tyyppi|issue type",
        ),
        (POSSIBLE, "tyyppi|type|otsikko|subject|laji|asia|tags?"),
    ),
    "text": (
        (USUAL, ".*(?:kuvaus|description|viesti|message|sisalto|body|content|teksti).*"),
        (POSSIBLE, "otsikko|subject|summary|tiivistelma|lisatiedot|details"),
    ),
    "channel": (
        (
            PRECISE,
            "(?:.* )?(?:kanava|channel)|(?:myynti|yhteydenotto|osto|asiointi|palvelu|tilaus|vastaus)kanava",
        ),
        (USUAL, "lahde|source|medium|platform|alusta|via"),
    ),
    "url": (
        (
            PRECISE,
            "(?:.* )?(?:url|uri|verkko ?osoite|sivun osoite|page location|landing page|page url|sivuosoite)",
        ),
        (USUAL, "sivu|page|link|linkki|page path|polku|path"),
    ),
    "contract": (
        (PRECISE, _BOND + _ID),
        (USUAL, "sopimus|contract|subscription|tilausjakso|policy|vakuutus|liittyma|kestotilaus"),
    ),
    "refund": ((PRECISE, _GIVEN_BACK + _ID),),
    "source": (
        (
            PRECISE,
            "(?:.* )?(?:lahde|mainoslahde|utm source|source|traffic source|session source|mainostaja|advertiser)",
        ),
        (PRECISE, "(?:.* )?(?:mainosverkosto|ad network|network|ad platform|mainosalusta|publisher)"),
        (USUAL, "kanava|channel|alusta|platform|media|palvelu|vendor|toimittaja|lahde medium|source medium"),
    ),
    "medium": (
        (PRECISE, "(?:.* )?(?:medium|utm medium|mainosmuoto|ad type|ad format)"),
        (USUAL, "valine|tyyppi"),
    ),
    "campaign": ((PRECISE, "(?:.* )?(?:kampanja|campaign)(?: ?(?:nimi|name))?|kampanjan nimi|utm campaign"),),
    "quantity": ((PRECISE, "(?:.* )?(?:maara|kpl|lkm|kappalemaara|quantity|qty|count|tilattu maara|units)"),),
    "unit_price": (
        (
            PRECISE,
            "(?:.* )?(?:yksikkohinta|kappalehinta|kpl hinta|a hinta|unit price|item price|price each|"
            "price per (?:unit|item))",
        ),
    ),
}
"""Roles by the words of a column's name."""

AMOUNT_LEFT_OUT = re.compile(
    r".*(?:\balv\b|arvonlisavero|\bvero\b|verot\b|\bvat\b|\btax|alennu|alehinta|discount|toimituskul|toimitusmaksu|"
    r"postikul|rahti|shipping|freight|delivery (?:fee|cost)|hyvitys|hyvitet|palautet|refund|kustannus|\bcost|kate\b|"
    r"margin|osuus|prosentti|percent|\btip\b|gift ?card|lahjakortti|saldo|balance|valuutta|currency|kurssi|"
    r"veroton|ilman alv|excl|\bnet\b|netto).*"
)
"""Amounts that are part of an order's value, or taken from it, but are not it."""

ORDER_VALUE: Table = (
    (3, "(?:tilauksen|tilaus|order|ostoksen|oston|koko|grand|kuitin|laskun) ?" + _AMOUNT + "(?: .*)?"),
    (3, "(?:loppusumma|kokonaissumma|yhteissumma|tilaussumma|total|yhteensa|maksettu|amount paid)(?: .*)?"),
    (
        2,
        "(?:summa|arvo|value|amount|revenue|liikevaihto|myynti|sales|payment value|purchase amount|tilausarvo|maksu|"
        "dollar value)(?: .*)?",
    ),
)
LINE_VALUE: Table = (
    (3, "(?:rivi|rivin|tuotteen|line|item|lineitem|line item|row|product) ?" + _AMOUNT + "(?: .*)?"),
    (3, "(?:rivisumma|rivihinta|subtotal)(?: .*)?"),
)
PRICE: Table = ((1, "(?:hinta|price|myyntihinta|sales price)(?: .*)?"),)

TIMES: dict[str, Table] = {
    "order": (
        (4, ".*" + _any(_PURCHASE, "myynti", "myynnin") + " ?" + _WHEN + "(?: .*)?"),
        (4, "(?:tilattu|ordered|placed|purchased|ostettu)(?: " + _WHEN + ")?"),
    ),
    "answer": (
        (
            5,
            ".*(?:vastaus|vastattu|vastaamis|answer|response|responded|submit|submitted|submission|completed|"
            "completion|valmistumis|palautettu|jatetty).{0,12}" + _WHEN + "?",
        ),
        (4, ".*(?:arvostelu|palaute|palautteen|feedback|review|survey).{0,12}" + _WHEN),
    ),
    "contact": (
        (4, ".*" + _any(_CASE, "contact") + " ?" + _WHEN + "(?: .*)?"),
        (4, "(?:avattu|opened|saapunut|vastaanotettu|received)(?: " + _WHEN + ")?"),
    ),
    "event": (
        (
            4,
            ".*"
            + _any(_DEED, _STAY, "tapahtumis", "complete", "hit", "server", "client")
            + " ?"
            + _WHEN
            + "(?: .*)?",
        ),
    ),
    "any": (
        (
            3,
            "aika|aikaleima|ajankohta|ajanhetki|timestamp|time|date|datetime|paivamaara|pvm|paiva|paivays|ts|day|"
            "date time|pvm ja aika|paiva ja aika|paivamaara ja (?:aika|kellonaika)|date and time|klo|"
            "(?:aika|timestamp|time|date) utc",
        ),
        (
            3,
            "(?:luotu|luontiaika|luontipvm|luontipaiva|luontihetki|created|creation|kirjattu|kirjausaika|kirjauspvm|"
            "perustettu|date created)(?: " + _WHEN + ")?(?: utc)?",
        ),
        (1, ".*" + _WHEN + "(?: .*)?"),
    ),
}
"""What the moment is of, by the words of a column's name; `any` speaks for all."""

AGREEMENT = "(?:.* )?" + _BOND + "(?: .*)?|" + _BOND + ".*|.*(?:churn|poistu|irtisano).*"
"""A column that says that its table is one of contracts."""
CONTRACT_START: Table = (
    (4, ".*" + _BOND + " ?(?:alku|alkoi|alkaa|alkamis|aloitus|start|starts|started|begin|begins|alkaen).*"),
    (
        3,
        "(?:alku|alkoi|alkaa|alkaen|alkupv|alkupvm|alkupaiva|alkamispaiva|alkamispvm|alkamisaika|aloitus|aloituspaiva|"
        "aloituspvm|voimassa alkaen|liittynyt|liittymispaiva|start|started|starts|begin|begins|since|valid from|"
        "joined|join|activated|activation|signup|sign up|start at|started at|start on|from)(?: ?"
        + _WHEN
        + ")?",
    ),
)
CONTRACT_END: Table = (
    (4, ".*" + _BOND + " ?(?:loppu|loppui|paattyi|paattymis|paattyy|end|ends|ended|cancelled|canceled).*"),
    (
        3,
        "(?:loppu|loppui|loppupv|loppupvm|loppupaiva|paattyi|paattyy|paattynyt|paattymispaiva|paattymispvm|"
        "lopetus|lopetuspaiva|lopetuspvm|irtisanottu|irtisanomispaiva|eronnut|poistunut|voimassa (?:asti|saakka)|"
        "end|ended|ends|valid to|valid until|cancelled|canceled|cancellation|terminated|termination|churned|churn|"
        "ended at|ended on|to|until)(?: ?" + _WHEN + ")?",
    ),
)
CONTRACT_VALUE: Table = (
    (3, ".*" + _BOND + " ?" + _AMOUNT + "(?: .*)?"),
    (
        2,
        "(?:kuukausi|kk|vuosi)(?:maksu|hinta|arvo|laskutus)|monthly (?:fee|price|charges?|value|revenue)|mrr|arr|"
        "(?:yearly|annual) (?:fee|price|value|revenue)|hinta|maksu|arvo|price|value|amount|fee",
    ),
)
REFUND_AMOUNT: Table = (
    (
        4,
        "(?:.* )?(?:hyvitys|hyvityksen|hyvitetty|palautus|palautuksen|palautettu|refund|refunded|credit|credited|return"
        "|"
        "returned) ?" + _AMOUNT + "(?: .*)?|(?:amount|summa|total) (?:refunded|returned|credited)",
    ),
    (3, "hyvitys|hyvitetty|palautettu|refund|refunded|hyvitykset|refunds|palautussumma|hyvityssumma"),
)
REFUND_TIME: Table = ((4, ".*(?:hyvity|hyvite|palaut|refund|credit|return).*" + _WHEN + "(?: .*)?"),)
SPEND_AMOUNT: Table = (
    (
        4,
        "(?:.* )?(?:mainoskulut?|mainoskustannus|mainoskustannukset|mainonta|markkinointikulut?|kustannus|kustannukset|"
        "kulut|kulu|kaytetty(?: summa| rahamaara)?|spend|spent|amount spent|ad spend|ad cost|cost|costs|advertiser "
        "cost)(?: .*)?",
    ),
    (2, "summa|amount|yhteensa|total|budjetti"),
)

PROMISED = ".*(?:luvattu|arvioitu|estimated|promised|expected|toimituslupaus|arvio toimitu).*"
DELIVERED = ".*(?:toimitettu|delivered|perill|delivery date|toimituspaiva|toimituspvm|luovutettu|noudettu).*"
NO_TIME = re.compile(
    r".*(?:muokattu|muutettu|paivitetty|updated|modified|changed|edited|last seen|synty|birth|dob|poistettu|deleted|"
    r"export|vienti|printed|tulostettu|expires|voimassa|erapaiv|\bdue\b|deadline|limit|takaraja|reminder).*"
)
"""Moments that are not when the thing itself happened."""

PERSONAL = re.compile(
    r"(?:.* )?(?:nimi|etunimi|sukunimi|kokonimi|name|first name|last name|full name|surname|given name|family name|"
    r"firstname|lastname|osoite|katuosoite|lahiosoite|address|street|address ?\d|katu|hetu|henkilotunnus|ssn|"
    r"social security|syntymaaika|birthday|birth date|date of birth|ip|ip osoite|ip address|passport|iban|tilinumero|"
    r"card number|salasana|password|allekirjoitus|signature)(?: .*)?|.*(?:asiakkaan|customer|billing|shipping|laskutus|"
    r"toimitus) ?(?:nimi|name|osoite|address|street)\w*.*"
)
"""Columns that tell who somebody is; they are kept only where somebody asks for it."""


NAME = re.compile(
    r"(?:(?:asiakkaan|asiakas|tilaajan|ostajan|vastaajan|yhteyshenkilon|kayttajan|customer|customers|client|buyer|"
    r"contact|requester|respondent) ?)?(?:koko ?nimi|etu ?nimi|suku ?nimi|nimi|full ?name|first ?name|last ?name|"
    r"given ?name|family ?name|surname|name)"
)
"""What people are called: a customer whose number or address a row tells can be found by it."""
OF_ANYTHING = re.compile(r"nimi|name")
"""Names that a product or an event has as well."""

OPEN_QUESTION = re.compile(
    r"(?:mita|miksi|miten|kerro|kuvaile|perustele|anna palautetta|haluatko (?:kertoa|sanoa)|what|why|tell|describe|"
    r"how (?:could|can|should)|anything)\b.*|(?:.* )?(?:palaute|palautetta|palautteesi|feedback|comments?)"
)
"""Questions that are answered in one's own words, however few and short the answers are."""


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """A header's words in small ASCII letters, one space between: `orderDate`, `ORDER_DATE` → `order date`."""
    spaced = _CAMEL.sub(" ", name[:400])
    folded = unicodedata.normalize("NFKD", spaced.casefold())
    return _NOT_WORD.sub(" ", "".join(c for c in folded if not unicodedata.combining(c))).strip()


@lru_cache(maxsize=20_000)
def weight(name: str, role: str) -> int:
    """How surely the header's name speaks for the role; 0 where it does not."""
    return match_weight(name, WORDS[role])


def match_weight(name: str, table: Table) -> int:
    """The weight of the surest entry of a table of words that the name matches whole."""
    words = plain(name)
    return max((sure for sure, pattern in table if re.fullmatch(pattern, words)), default=0)


@lru_cache(maxsize=20_000)
def knows(name: str) -> bool:
    """Whether a cell reads like the name of a column."""
    if not name.strip() or len(name) > 200:
        return False
    if any(weight(name, role) >= USUAL for role in WORDS):
        return True
    tables = (ORDER_VALUE, LINE_VALUE, PRICE, *TIMES.values())
    return any(match_weight(name, table) for table in tables) or bool(
        AMOUNT_LEFT_OUT.fullmatch(plain(name))
        or PERSONAL.fullmatch(plain(name))
        or NO_TIME.fullmatch(plain(name))
    )
