"""In which time zone a person lives, by what is known of them. Pure.

A country with several zones stands for the one where most of its people live.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

_ZONE = ("timezone", "time_zone", "timeZone", "tz", "aikavyöhyke")
_COUNTRY = ("country", "country_code", "countryCode", "maa", "land")
_PLACES = ("address", "location", "context")
"""Traits that hold such traits of their own."""

_BY_COUNTRY = """
AD Europe/Andorra|AE Asia/Dubai|AL Europe/Tirane|AM Asia/Yerevan|AR America/Argentina/Buenos_Aires|AT Europe/Vienna|
AU Australia/Sydney|AX Europe/Mariehamn|AZ Asia/Baku|BA Europe/Sarajevo|BD Asia/Dhaka|BE Europe/Brussels|
BG Europe/Sofia|BO America/La_Paz|BR America/Sao_Paulo|BY Europe/Minsk|CA America/Toronto|CH Europe/Zurich|
CL America/Santiago|CN Asia/Shanghai|CO America/Bogota|CR America/Costa_Rica|CY Asia/Nicosia|CZ Europe/Prague|
DE Europe/Berlin|DK Europe/Copenhagen|DZ Africa/Algiers|EC America/Guayaquil|EE Europe/Tallinn|EG Africa/Cairo|
ES Europe/Madrid|ET Africa/Addis_Ababa|FI Europe/Helsinki|FO Atlantic/Faroe|FR Europe/Paris|GB Europe/London|
GE Asia/Tbilisi|GH Africa/Accra|GI Europe/Gibraltar|GL America/Nuuk|GR Europe/Athens|HK Asia/Hong_Kong|
HR Europe/Zagreb|HU Europe/Budapest|ID Asia/Jakarta|IE Europe/Dublin|IL Asia/Jerusalem|IN Asia/Kolkata|
IQ Asia/Baghdad|IR Asia/Tehran|IS Atlantic/Reykjavik|IT Europe/Rome|JO Asia/Amman|JP Asia/Tokyo|KE Africa/Nairobi|
KR Asia/Seoul|KW Asia/Kuwait|KZ Asia/Almaty|LB Asia/Beirut|LI Europe/Vaduz|LK Asia/Colombo|LT Europe/Vilnius|
LU Europe/Luxembourg|LV Europe/Riga|MA Africa/Casablanca|MC Europe/Monaco|MD Europe/Chisinau|ME Europe/Podgorica|
MK Europe/Skopje|MT Europe/Malta|MX America/Mexico_City|MY Asia/Kuala_Lumpur|NG Africa/Lagos|NL Europe/Amsterdam|
NO Europe/Oslo|NP Asia/Kathmandu|NZ Pacific/Auckland|OM Asia/Muscat|PA America/Panama|PE America/Lima|
PH Asia/Manila|PK Asia/Karachi|PL Europe/Warsaw|PT Europe/Lisbon|PY America/Asuncion|QA Asia/Qatar|
RO Europe/Bucharest|RS Europe/Belgrade|RU Europe/Moscow|SA Asia/Riyadh|SE Europe/Stockholm|SG Asia/Singapore|
SI Europe/Ljubljana|SK Europe/Bratislava|SM Europe/San_Marino|TH Asia/Bangkok|TN Africa/Tunis|TR Europe/Istanbul|
TW Asia/Taipei|TZ Africa/Dar_es_Salaam|UA Europe/Kyiv|US America/New_York|UY America/Montevideo|
VA Europe/Vatican|VE America/Caracas|VN Asia/Ho_Chi_Minh|XK Europe/Belgrade|ZA Africa/Johannesburg
"""
_NAMES = {
    "FI": "fin finland suomi",
    "SE": "swe sweden ruotsi sverige",
    "NO": "nor norway norja norge",
    "DK": "dnk denmark tanska danmark",
    "IS": "isl iceland islanti island",
    "EE": "est estonia viro eesti estland",
    "LV": "lva latvia lettland",
    "LT": "ltu lithuania liettua litauen",
    "DE": "deu germany saksa tyskland deutschland",
    "FR": "fra france ranska frankrike",
    "ES": "esp spain espanja spanien",
    "IT": "ita italy italia italien",
    "NL": "nld netherlands the_netherlands hollanti alankomaat nederländerna",
    "BE": "bel belgium belgia belgien",
    "AT": "aut austria itävalta österrike",
    "CH": "che switzerland sveitsi schweiz",
    "PL": "pol poland puola polen",
    "GB": "gbr uk united_kingdom great_britain iso-britannia britannia storbritannien",
    "IE": "irl ireland irlanti irland",
    "PT": "prt portugal portugali",
    "GR": "grc greece kreikka grekland",
    "US": "usa united_states united_states_of_america yhdysvallat",
    "CA": "can canada kanada",
    "AU": "aus australia",
    "JP": "jpn japan japani",
    "CN": "chn china kiina kina",
    "IN": "ind india intia indien",
    "AX": "ala åland ahvenanmaa",
}


def zone_of(traits: Mapping[str, Any], usual: ZoneInfo) -> ZoneInfo:
    """The zone that the traits name, else their country's usual one, else `usual`."""
    inside = (traits[name] for name in _PLACES if name in traits)
    places = [traits, *(found for found in inside if isinstance(found, Mapping))]
    for names, find in ((_ZONE, _named), (_COUNTRY, _of_country)):
        for place in places:
            for name in names:
                said = place.get(name)
                if isinstance(said, str) and (zone := find(said)):
                    return zone
    return usual


@lru_cache(maxsize=1024)
def _named(name: str) -> ZoneInfo | None:
    # Looked up in the list first: a name is also a file's, and people's data must not choose files.
    return ZoneInfo(name.strip()) if name.strip() in _known() else None


@lru_cache(maxsize=1024)
def _of_country(name: str) -> ZoneInfo | None:
    zone = _countries().get(name.strip().casefold())
    return _named(zone) if zone else None


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    by_code = dict(row.split() for row in _BY_COUNTRY.replace("\n", "").split("|"))
    named = {
        name.replace("_", " "): by_code[code] for code, names in _NAMES.items() for name in names.split()
    }
    return named | {code.casefold(): zone for code, zone in by_code.items()}
