"""The words of headers in Finnish and English, and the roles they speak for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

PRECISE, USUAL, POSSIBLE = 3, 2, 1
"""How sure a word is: it means this role and nothing else; it usually does; it can."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")

_ID = r"(?: ?(?:id|nro|nr|no|num|numero|number|tunnus|tunniste|koodi|code|key|ref|reference|hash))"

WORDS: dict[str, tuple[tuple[int, str], ...]] = {
    "person": (
        (
            PRECISE,
            rf"(?:asiakas|asiakkaan|jasen|jasenen|kayttaja|kayttajan|henkilo|henkilon|kavija|kavijan|tilaaja|tilaajan|"
            rf"ostaja|ostajan|vastaaja|vastaajan|kontaktin?|customer|client|member|user|person|visitor|contact|"
            rf"subscriber|buyer|shopper|respondent|account|cust|anonymous|profile|requester|kayttajatili){_ID}",
        ),
        (PRECISE, r"customer unique id|asiakasno|distinct id|uid|userid|customerid|asiakasid"),
        (
            USUAL,
            r"asiakas|asiakkaat|kayttaja|customer|user|client|member|visitor|kavija|vastaaja|respondent|ostaja",
        ),
        (USUAL, r"username|user name|kayttajanimi|kayttajatunnus"),
        (POSSIBLE, r"person|henkilo|tilaaja|buyer|requester|pyytaja|contact|kontakti|account|tili|id|tunnus"),
    ),
    "email": (
        (PRECISE, r".*(?:sahkoposti|s posti|e ?mail|meili).*"),
        (USUAL, r"mail|posti"),
    ),
    "phone": (
        (
            PRECISE,
            r".*(?:puhelin|puhelinnumero|matkapuhelin|puhnro|phone|mobile|telephone|kannykka).*|gsm|puh|tel",
        ),
    ),
    "loyalty": (
        (
            PRECISE,
            r".*(?:kanta ?asiakas|bonuskort|bonuskortti|etukort|jasenkort|loyalty|club card|bonus card).*",
        ),
    ),
    "order": (
        (
            PRECISE,
            rf"(?:tilaus|tilauksen|order|purchase|transaction|kauppa|kaupan|osto|oston|sale|kuitti|kuitin|receipt|"
            rf"lasku|laskun|invoice|ostotapahtuma|ostotapahtuman|checkout|booking|varaus|varauksen|toimitus){_ID}",
        ),
        (PRECISE, r"tilausno|orderid|order nbr|increment id|sales order"),
        (USUAL, r"tilaus|order|osto|purchase|kuitti|receipt|transaction|lasku|invoice|varaus|booking"),
    ),
    "ticket": (
        (
            PRECISE,
            rf"(?:tiketti|tiketin|ticket|case|tapaus|tapauksen|tukipyynto|tukipyynnon|yhteydenotto|yhteydenoton|issue|"
            rf"palvelupyynto|palvelupyynnon|conversation|keskustelu|keskustelun|chat|call|puhelu|puhelun|"
            rf"asiakaspalvelutapaus|enquiry|inquiry|request|support request){_ID}",
        ),
        (USUAL, r"tiketti|ticket|case|tukipyynto|yhteydenotto|palvelupyynto"),
    ),
    "response": (
        (
            PRECISE,
            rf"(?:vastaus|vastauksen|response|answer|review|arvostelu|arvostelun|submission|palaute|palautteen|"
            rf"feedback|survey response|result){_ID}",
        ),
    ),
    "event_id": (
        (PRECISE, rf"(?:tapahtuma|tapahtuman|event|message|insert|hit|row|rivi|log|loki){_ID}|uuid"),
    ),
    "session": (
        (PRECISE, rf"(?:istunto|istunnon|session|kaynti|kaynnin|visit|vierailu|vierailun|sess){_ID}"),
        (USUAL, r"istunto|session|kaynti|visit|vierailu"),
    ),
    "event": (
        (
            PRECISE,
            r"(?:tapahtuma|tapahtuman|event|toiminto|toiminnon|action|activity|askel|vaihe)(?: ?(?:nimi|name|type|tyyppi|laji))?",
        ),
        (PRECISE, r"activity ?id|event action|tapahtumatyyppi|tapahtumanimi"),
        (USUAL, r"step|stage|toimenpide|tapahtumat|events|operation"),
    ),
    "status": (
        (
            PRECISE,
            r"(?:tilauksen|toimituksen|maksun|order|fulfillment|financial|payment|delivery|tilaus) ?(?:tila|status|state|tilanne)",
        ),
        (PRECISE, r"tilaustila|tilausstatus"),
        (USUAL, r"tila|status|state|tilanne|vaihe"),
    ),
    "score": (
        (PRECISE, r"(?:.* )?(?:nps|csat|ces)(?: .*)?|npsscore|nps\d*"),
        (
            PRECISE,
            r".*(?:arvosana|kouluarvosana|tyytyvais|suosittel|tahtiarvio|rating|satisfaction|recommend).*",
        ),
        (
            PRECISE,
            r"(?:review|survey|feedback|customer|overall|palaute|yleis|kokonais) ?(?:score|grade|arvio|pisteet)",
        ),
        (PRECISE, r"tahdet|stars?|hymio|smiley|hymynaama"),
        (USUAL, r"score|pisteet|arvio|arvostelu|grade|points|pistemaara|vastaus|answer|kokonaisarvio"),
        (
            USUAL,
            r".*(?:kuinka (?:helppo|vaivaton|todennakoi|hyvin)|how (?:easy|likely|satisfied)|asteikolla|on a scale|helppous|effort).*",
        ),
    ),
    "comment": (
        (
            PRECISE,
            r".*(?:kommentti|kommentit|vapaa ?sana|avoin (?:palaute|vastaus)|avovastaus|comment|free ?text|perustel|verbatim|feedback text|review text).*",
        ),
        (PRECISE, r"palaute(?:teksti)?|palautteesi|feedback|arvosteluteksti"),
        (USUAL, r".*(?:miksi|why|terveis|kehitys|parann|improve|kerro ).*"),
        (POSSIBLE, r"teksti|text|viesti|message|content|sisalto|review"),
    ),
    "reason": (
        (
            PRECISE,
            r".*(?:yhteydenoton|tiketin|soiton|contact|ticket|case|call|palautteen) ?(?:syy|aihe|reason|topic|type|tyyppi|kategoria|category|luokka|subject).*",
        ),
        (
            PRECISE,
            r"syy|yhteydenottosyy|asian laatu|reason|reason (?:for|of) contact|contact reason|disposition",
        ),
        (
            USUAL,
            r"aihe|aihealue|kategoria|category|topic|aiheluokka|luokka|luokitus|palvelupyynnon tyyppi|issue type",
        ),
        (POSSIBLE, r"tyyppi|type|otsikko|subject|laji|asia|tags?"),
    ),
    "text": (
        (USUAL, r".*(?:kuvaus|description|viesti|message|sisalto|body|content|teksti|asiasisalto).*"),
        (POSSIBLE, r"otsikko|subject|summary|tiivistelma|lisatiedot|details"),
    ),
    "channel": (
        (
            PRECISE,
            r"(?:.* )?(?:kanava|channel)|(?:myynti|yhteydenotto|osto|asiointi|palvelu|tilaus|vastaus)kanava",
        ),
        (USUAL, r"lahde|source|medium|platform|alusta|via"),
    ),
    "url": (
        (
            PRECISE,
            r"(?:.* )?(?:url|uri|verkko ?osoite|sivun osoite|page location|landing page|page url|sivuosoite)",
        ),
        (USUAL, r"sivu|page|link|linkki|page path|polku|path"),
    ),
    "quantity": (
        (PRECISE, r"(?:.* )?(?:maara|kpl|lkm|kappalemaara|quantity|qty|count|tilattu maara|units)"),
    ),
    "unit_price": (
        (
            PRECISE,
            r"(?:.* )?(?:yksikkohinta|kappalehinta|kpl hinta|a hinta|unit price|item price|price each|price per (?:unit|item))",
        ),
    ),
}

AMOUNT_LEFT_OUT = re.compile(
    r".*(?:\balv\b|arvonlisavero|\bvero\b|verot\b|\bvat\b|\btax|alennu|alehinta|discount|toimituskul|toimitusmaksu|"
    r"postikul|rahti|shipping|freight|delivery (?:fee|cost)|hyvitys|hyvitet|palautet|refund|kustannus|\bcost|kate|"
    r"margin|osuus|prosentti|percent|\btip\b|gift ?card|lahjakortti|saldo|balance|valuutta|currency|kurssi|"
    r"veroton|ilman alv|excl|\bnet\b|netto).*"
)
"""Amounts that are part of an order's value, or taken from it, but are not it."""
AMOUNT_BEFORE_TAX = re.compile(r".*(?:veroton|ilman alv|excl|\bnet\b|netto|alv 0).*")

ORDER_VALUE: tuple[tuple[int, str], ...] = (
    (
        3,
        r"(?:tilauksen|order|ostoksen|oston|koko|grand|kuitin|laskun) ?(?:loppusumma|summa|total|yhteensa|arvo|value|amount|yhteissumma|kokonaissumma|hinta|revenue)(?: .*)?",
    ),
    (
        3,
        r"(?:loppusumma|kokonaissumma|yhteissumma|tilaussumma|total|yhteensa|order total|total amount|total price|total paid|maksettu|amount paid)(?: .*)?",
    ),
    (
        2,
        r"(?:summa|arvo|value|amount|revenue|liikevaihto|myynti|sales|payment value|purchase amount|tilausarvo|maksu|dollar value)(?: .*)?",
    ),
)
LINE_VALUE: tuple[tuple[int, str], ...] = (
    (
        3,
        r"(?:rivi|rivin|tuotteen|line|item|lineitem|line item|row|product) ?(?:summa|total|yhteensa|arvo|value|amount|subtotal|revenue|rivisumma)(?: .*)?",
    ),
    (3, r"rivisumma(?: .*)?|rivihinta(?: .*)?|subtotal"),
)
PRICE: tuple[tuple[int, str], ...] = ((1, r"(?:hinta|price|myyntihinta|sales price)(?: .*)?"),)

TIMES: dict[str, tuple[tuple[int, str], ...]] = {
    # what the moment is of: the words for each, the surest first
    "order": (
        (
            4,
            r".*(?:tilaus|tilauksen|order|purchase|osto|oston|kauppa|sale|transaction|invoice|laskun|kuitin|myynti) ?(?:pv|pvm|paiva|paivamaara|aika|ajankohta|aikaleima|date|time|timestamp|created|placed|luotu|hetki|datetime)(?: .*)?",
        ),
        (4, r"(?:tilattu|ordered|placed|purchased|ostettu)(?: (?:at|on|date|time|pvm|aika))?"),
    ),
    "answer": (
        (
            5,
            r".*(?:vastaus|vastattu|vastaamis|answer|response|responded|submit|submitted|submission|completed|completion|"
            r"valmistumis|palautettu|jatetty).{0,12}(?:pv|pvm|paiva|paivamaara|aika|ajankohta|aikaleima|date|time|"
            r"timestamp|at|hetki|datetime)?",
        ),
        (
            4,
            r".*(?:arvostelu|palaute|palautteen|feedback|review|survey).{0,12}(?:pv|pvm|paiva|paivamaara|aika|ajankohta|"
            r"aikaleima|date|time|timestamp|at|hetki|datetime)",
        ),
    ),
    "contact": (
        (
            4,
            r".*(?:yhteydenot\w*|tiket\w*|ticket|case|contact|puhelu\w*|call|soiton|chat) ?(?:pv|pvm|paiva|paivamaara|aika|ajankohta|aikaleima|date|time|timestamp|created|opened|luotu|avattu|at|hetki|datetime)(?: .*)?",
        ),
        (4, r"(?:avattu|opened|saapunut|vastaanotettu|received)(?: (?:at|on|date|time|pvm|aika))?"),
    ),
    "event": (
        (
            4,
            r".*(?:tapahtuma|tapahtuman|tapahtumis|event|activity|action|complete|hit|visit|kaynti|kaynnin|server|client) ?(?:pv|pvm|paiva|paivamaara|aika|ajankohta|aikaleima|date|time|timestamp|at|hetki|datetime)(?: .*)?",
        ),
    ),
    "any": (
        (
            3,
            r"(?:aika|aikaleima|ajankohta|ajanhetki|timestamp|time|date|datetime|paivamaara|pvm|paiva|paivays|ts|day|date time|pvm ja aika|paiva ja aika|paivamaara ja aika|paivamaara ja kellonaika|date and time|event time|klo|aika utc|timestamp utc)",
        ),
        (
            3,
            r"(?:luotu|luontiaika|luontipvm|luontipaiva|luontihetki|created|created at|created on|creation date|created date|date created|created time|creation time|kirjattu|kirjausaika|kirjauspvm|perustettu)(?: .*)?",
        ),
        (1, r".*(?:pvm|paiva|aika|date|time|timestamp|at|luotu|klo|hetki)(?: .*)?"),
    ),
}
PROMISED = r".*(?:luvattu|arvioitu|estimated|promised|expected|toimituslupaus|arvio toimitu).*(?:toimitu|deliver|pvm|paiva|date|arrival|saapumis)?.*"
DELIVERED = r".*(?:toimitettu|delivered|perill|vastaanotettu|delivery date|toimituspaiva|toimituspvm|luovutettu|noudettu).*"
NO_TIME = re.compile(
    r".*(?:muokattu|muutettu|paivitetty|updated|modified|changed|edited|last seen|synty|birth|dob|poistettu|deleted|"
    r"export|vienti|printed|tulostettu|expires|voimassa|erapaiv|due|due date|deadline|limit|takaraja|reminder).*"
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


def match_weight(name: str, table: tuple[tuple[int, str], ...]) -> int:
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
