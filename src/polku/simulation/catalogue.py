"""What the shop sells, where it sells and where its customers live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SITE = "https://www.kaamosretkeily.example"


@dataclass(frozen=True)
class Ware:
    """A kind of product: how a Finn, a Swede and an Englishman call it, its category and usual price in euros."""

    nominative: str
    genitive: str
    partitive: str
    swedish: str  # definite
    english: str
    category: str
    price: float
    models: tuple[str, ...]


WARES = (
    Ware("rinkka", "rinkan", "rinkkaa", "ryggsäcken", "backpack", "rinkat", 189, ("Kaira 65", "Louhi 75")),
    Ware(
        "päiväreppu", "päivärepun", "päiväreppua", "dagsryggsäcken", "daypack", "rinkat", 79, ("Taival 22",)
    ),
    Ware("teltta", "teltan", "telttaa", "tältet", "tent", "teltat", 329, ("Naava 2", "Utu 3")),
    Ware("tarppi", "tarpin", "tarppia", "tarpen", "tarp", "teltat", 69, ("Laavu 3x3",)),
    Ware("riippumatto", "riippumaton", "riippumattoa", "hängmattan", "hammock", "teltat", 89, ("Keinu",)),
    Ware(
        "makuupussi",
        "makuupussin",
        "makuupussia",
        "sovsäcken",
        "sleeping bag",
        "makuu",
        169,
        ("Halla -5", "Pakkanen -18"),
    ),
    Ware(
        "makuualusta",
        "makuualustan",
        "makuualustaa",
        "liggunderlaget",
        "sleeping mat",
        "makuu",
        99,
        ("Sammal", "Jäkälä R5"),
    ),
    Ware(
        "retkityyny", "retkityynyn", "retkityynyä", "campingkudden", "camping pillow", "makuu", 25, ("Pilvi",)
    ),
    Ware(
        "kuoritakki",
        "kuoritakin",
        "kuoritakkia",
        "skaljackan",
        "shell jacket",
        "vaatteet",
        249,
        ("Tuisku", "Räntä"),
    ),
    Ware(
        "untuvatakki",
        "untuvatakin",
        "untuvatakkia",
        "dunjackan",
        "down jacket",
        "vaatteet",
        199,
        ("Kaamos", "Kuura"),
    ),
    Ware(
        "merinopaita",
        "merinopaidan",
        "merinopaitaa",
        "merinotröjan",
        "merino shirt",
        "vaatteet",
        69,
        ("Villa 200", "Villa 150"),
    ),
    Ware(
        "fleecetakki",
        "fleecetakin",
        "fleecetakkia",
        "fleecejackan",
        "fleece jacket",
        "vaatteet",
        89,
        ("Hanki",),
    ),
    Ware("pipo", "pipon", "pipoa", "mössan", "beanie", "vaatteet", 29, ("Routa",)),
    Ware("sadeviitta", "sadeviitan", "sadeviittaa", "regnponchon", "rain poncho", "vaatteet", 45, ("Tihku",)),
    Ware(
        "vaelluskenkä",
        "vaelluskengän",
        "vaelluskenkää",
        "vandringskängan",
        "hiking boot",
        "kengät",
        179,
        ("Rakka", "Kuru Mid"),
    ),
    Ware(
        "polkujuoksukenkä",
        "polkujuoksukengän",
        "polkujuoksukenkää",
        "terrängskon",
        "trail shoe",
        "kengät",
        139,
        ("Neulanen",),
    ),
    Ware(
        "retkikeitin",
        "retkikeittimen",
        "retkikeitintä",
        "köket",
        "camping stove",
        "ruoka",
        119,
        ("Roihu", "Hiillos Mini"),
    ),
    Ware(
        "kattilasetti",
        "kattilasetin",
        "kattilasettiä",
        "kastrullsetet",
        "pot set",
        "ruoka",
        59,
        ("Nokipannu",),
    ),
    Ware("termospullo", "termospullon", "termospulloa", "termosen", "flask", "ruoka", 35, ("Lämpiö 0,75",)),
    Ware("kuksa", "kuksan", "kuksaa", "kåsan", "kuksa cup", "ruoka", 39, ("Visa",)),
    Ware(
        "otsalamppu",
        "otsalampun",
        "otsalamppua",
        "pannlampan",
        "head torch",
        "varusteet",
        59,
        ("Tuike 400", "Tuike 900"),
    ),
    Ware("puukko", "puukon", "puukkoa", "kniven", "knife", "varusteet", 75, ("Hela",)),
    Ware("kompassi", "kompassin", "kompassia", "kompassen", "compass", "varusteet", 49, ("Suunta",)),
    Ware(
        "vaellussauva",
        "vaellussauvan",
        "vaellussauvaa",
        "vandringsstaven",
        "trekking pole",
        "varusteet",
        89,
        ("Haapa Carbon",),
    ),
    Ware("lumikenkä", "lumikengän", "lumikenkää", "snöskon", "snowshoe", "talvi", 149, ("Nietos",)),
    Ware("ahkio", "ahkion", "ahkiota", "pulkan", "pulk", "talvi", 239, ("Jotos",)),
)

_PLAIN = str.maketrans({"ä": "a", "ö": "o", "å": "a", " ": "-", ",": "-"})


def _address(ware: Ware, model: str) -> str:
    return f"{SITE}/tuotteet/{f'{ware.nominative} {model}'.lower().translate(_PLAIN)}"


PRODUCT_WARE = np.array([number for number, ware in enumerate(WARES) for _ in ware.models])
PRODUCT_URL = np.array([_address(ware, model) for ware in WARES for model in ware.models], dtype=object)
PRODUCT_PRICE = np.array([ware.price for ware in WARES for _ in ware.models], dtype=float)
PRODUCT_CATEGORY = np.array([ware.category for ware in WARES for _ in ware.models], dtype=object)
PRODUCT_WEIGHT = 1 / (1 + np.arange(len(PRODUCT_WARE)) * 7 % len(PRODUCT_WARE)) ** 0.6
CATEGORY_URL = {category: f"{SITE}/{str(category).translate(_PLAIN)}" for category in set(PRODUCT_CATEGORY)}
FREE_DELIVERY = 99.0
"""Baskets from this many euros on are delivered free of charge."""

SEARCHES = {
    "makuupussi talveen": 2,
    "rinkka naisten": 2,
    "goretex takki": 0,
    "vaelluskengät leveä lesti": 2,
    "trangia": 0,
    "kevyt teltta": 2,
    "otsalamppu ladattava": 2,
    "merino": 2,
    "untuvatakki miesten": 2,
    "lahjakortti": 0,
    "sadehousut": 0,
    "puukko": 1,
    "makuualusta r-arvo": 2,
    "polttoainepullo": 0,
    "hyttysverkko": 0,
    "lumikengät": 1,
    "kuksa": 1,
    "ahkio": 1,
    "kaasupatruuna": 0,
    "kompassi": 1,
    "tarp 3x3": 1,
    "ale": 0,
    "kengänhoito": 0,
    "vesipullo": 0,
    "lasten makuupussi": 2,
}
"""What people search the shop for, and how many products the search finds."""


@dataclass(frozen=True)
class Place:
    """A town: its cases for sentences, its region, the share of customers who live there."""

    name: str
    genitive: str
    illative: str
    region: str
    weight: float
    swedish_share: float = 0.02


PLACES = (
    Place("Helsinki", "Helsingin", "Helsinkiin", "Uusimaa", 13, 0.06),
    Place("Espoo", "Espoon", "Espooseen", "Uusimaa", 6, 0.07),
    Place("Vantaa", "Vantaan", "Vantaalle", "Uusimaa", 5, 0.03),
    Place("Tampere", "Tampereen", "Tampereelle", "Pirkanmaa", 14),
    Place("Nokia", "Nokian", "Nokialle", "Pirkanmaa", 2.5),
    Place("Ylöjärvi", "Ylöjärven", "Ylöjärvelle", "Pirkanmaa", 2),
    Place("Turku", "Turun", "Turkuun", "Varsinais-Suomi", 6, 0.07),
    Place("Salo", "Salon", "Saloon", "Varsinais-Suomi", 1.5),
    Place("Jyväskylä", "Jyväskylän", "Jyväskylään", "Keski-Suomi", 5),
    Place("Kuopio", "Kuopion", "Kuopioon", "Pohjois-Savo", 4),
    Place("Joensuu", "Joensuun", "Joensuuhun", "Pohjois-Karjala", 3),
    Place("Vaasa", "Vaasan", "Vaasaan", "Pohjanmaa", 3.5, 0.45),
    Place("Pietarsaari", "Pietarsaaren", "Pietarsaareen", "Pohjanmaa", 1.5, 0.7),
    Place("Oulu", "Oulun", "Ouluun", "Pohjois-Pohjanmaa", 8),
    Place("Kuusamo", "Kuusamon", "Kuusamoon", "Pohjois-Pohjanmaa", 2),
    Place("Raahe", "Raahen", "Raaheen", "Pohjois-Pohjanmaa", 1.2),
    Place("Kajaani", "Kajaanin", "Kajaaniin", "Kainuu", 2.2),
    Place("Sotkamo", "Sotkamon", "Sotkamoon", "Kainuu", 1),
    Place("Rovaniemi", "Rovaniemen", "Rovaniemelle", "Lappi", 9),
    Place("Kittilä", "Kittilän", "Kittilään", "Lappi", 1.5),
    Place("Sodankylä", "Sodankylän", "Sodankylään", "Lappi", 1.3),
    Place("Inari", "Inarin", "Inariin", "Lappi", 1.3),
)
NORTH = ("Lappi", "Pohjois-Pohjanmaa", "Kainuu")
STORES = ("Tampere", "Rovaniemi")
STORE_REGIONS = {"Pirkanmaa": 0, "Lappi": 1}
"""Regions whose people can come to a store, and which."""
STORE_GENITIVE = ("Tampereen", "Rovaniemen")
