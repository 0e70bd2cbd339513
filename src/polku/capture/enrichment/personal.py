"""What gives personal data away in an address: the names of parameters, and the look of values."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name that has one of these words in it is about a person or opens a door: `userEmail`, `reset_token`.
_ANYWHERE = _words("""
    email mail sahkoposti sähköposti spostiosoite sposti epost token jwt password passwd passcode pwd
    salasana losenord lösenord secret apikey session sessionid sid jsessionid phpsessid auth
    authorization oauth signature otp pin phone telephone puhelin puhelinnumero puh puhnro gsm msisdn
    telefon mobil tel ssn hetu henkilotunnus henkilötunnus personnummer firstname lastname fullname
    surname forename nickname etunimi sukunimi förnamn efternamn kutsumanimi username kayttajatunnus
    käyttäjätunnus birthday birthdate dob syntymaaika syntymäaika address addr osoite katuosoite
    lahiosoite lähiosoite street iban bic tilinumero creditcard cardnumber cvv cvc latitude longitude
    lat lon lng assertion samlresponse samlrequest credential credentials recipient subscriber
""")
# These only where they are the whole name: `code`, not `promo_code`; `name`, not `product_name`.
_ALONE = _words("""
    name nimi namn key avain code koodi user login uid userid hash sig ip mobile ticket
""")
# … or with one of these before them: `access_key`, `last_name`, `auth_code`.
_BEFORE_ALONE = _words("""
    access activation api auth authorization contact customer confirmation display family first full
    given guest invite invitation last login magic maiden member middle nick one otp owner password
    person personal pin private public recovery reset secret security service sign signup sms sur time
    user verification verify your asiakas kayttaja käyttäjä etu suku oma vahvistus
""")
# Ids of one click or one reader of a newsletter. What they tell (who sent the visitor) is kept in plain words instead.
_CLICKS = _words("""
    gclid gclsrc gbraid wbraid dclid gad_source gad_campaignid fbclid msclkid yclid ymclid ttclid twclid
    li_fat_id igshid igsh epik sccid scid rdt_cid qclid mc_eid mc_cid _kx _ke mkt_tok _hsenc _hsmi
    hsctatracking vero_id vero_conv dm_i ml_subscriber ml_subscriber_hash oly_anon_id oly_enc_id
    wickedid irclickid clickid awc tduid cjevent ranmid ransiteid raneaid srsltid _ga _gl _gac s_cid
    trk_contact trk_msg sib_id at_gd ck_subscriber_id bsft_uid bsft_clkid nl_uid elqtrackid elqtrack
    cx_click obclickid obclid dicbo tblci vmcid
""")
_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])")


def is_click_id(name: str) -> bool:
    return name.lower() in _CLICKS


def is_personal_name(name: str) -> bool:
    """Whether a parameter of this (decoded) name is left out whatever its value; `utm_…` never is for its name."""
    if name.lower().startswith("utm_"):
        return False
    words = [word.lower() for word in _WORDS.findall(_CAMEL.sub("_", name))]
    if not words:
        return False
    joined = "".join(words)
    if joined in _ANYWHERE or joined in _ALONE or not _ANYWHERE.isdisjoint(words):
        return True
    return len(words) > 1 and words[-1] in _ALONE and words[-2] in _BEFORE_ALONE


# ---- values -----------------------------------------------------------------------------------------------------

EMAIL = re.compile(r"[^\s@/?#&=:;,<>\"'()\[\]]{1,64}@[^\W_](?:[\w-]{0,62}\.)+[^\W\d_]{2,24}")
# Day, month, year, sign of the century, number, check character: 131052-308T. A `+` may have become a space.
HETU = re.compile(
    r"(?<![^\W_])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[-+ A-FU-Y]\d{3}[0-9A-Y](?![^\W_])",
    re.IGNORECASE,
)
# With the country in front: +358 40 123 4567, 0046…; or 358… as mobile numbers stand in databases.
_INTERNATIONAL = re.compile(
    r"(?<![\w.])(?:\+|00)[1-9](?:[ ().\-]{0,2}\d){7,13}(?!\d)|(?<![\w.])358(?:4\d|50)\d{5,8}(?!\w)"
)
# Finnish ones: mobile 04x and 050 however grouped, others without spaces.
_MOBILE = re.compile(r"(?<![\w.,\-])0(?:4\d|50)(?:[ \-]?\d){5,8}(?![\w])")
_LANDLINE = re.compile(r"(?<![\w.,\-])0(?:[235689]|1[3-9])\d{5,9}(?![\w.,\-])")
_DATE = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d"
)
_WEB_TOKEN = re.compile(r"(?<!\w)eyJ[\w\-]{8,}\.[\w\-]{8,}")
# A landline has seven digits, a personal identity code nine or ten.
_MANY_DIGITS = re.compile(r"(?:\D*\d){7}")
_PLAIN = re.compile(r"(?:[^\W\d]|[.~\-])*(?:\d(?:[^\W\d]|[.~\-])*){0,6}")
_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def is_plain(text: str) -> bool:
    """Whether a value, encoded or not, is so plain that it can hold nothing personal; quick."""
    return _PLAIN.fullmatch(text) is not None and "eyJ" not in text


def looks_personal(text: str) -> bool:
    """Whether a decoded value holds an e-mail address, a phone number, a personal identity code or a token."""
    if "@" in text and EMAIL.search(text):
        return True
    if "eyJ" in text and _WEB_TOKEN.search(text):
        return True
    if not _MANY_DIGITS.match(text):
        return False
    if HETU.search(text) or _INTERNATIONAL.search(text) or _MOBILE.search(text):
        return True
    return any(not _DATE.fullmatch(found.group()) for found in _LANDLINE.finditer(text))


def mask_personal(text: str, mask: str) -> str:
    """A path with e-mail addresses, numbers with a country in front, and true personal identity codes masked."""
    if "@" in text:
        text = EMAIL.sub(mask, text)
    if _MANY_DIGITS.match(text):
        text = HETU.sub(lambda found: mask if is_hetu(found.group()) else found.group(), text)
        text = _INTERNATIONAL.sub(
            lambda found: mask if found.group().startswith("+") else found.group(), text
        )
    return text


def is_hetu(text: str) -> bool:
    """Whether a text of the right form has the check character of a Finnish personal identity code."""
    return len(text) == 11 and _CHECKS[int(text[:6] + text[7:10]) % 31] == text[10].upper()
