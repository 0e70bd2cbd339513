"""Swedish comments, by question and mood; `{tuote}` is the product in its definite form."""

SWEDISH: dict[str, dict[str, tuple[str, ...]]] = {
    "tuotesivu": {
        "hyvä": (
            "Bra bilder och tydlig storlekstabell.",
            "Lätt att hitta rätt modell.",
            "Recensionerna hjälpte mig att välja {tuote}.",
        ),
        "keski": (
            "Okej, men jag saknar mer information på svenska.",
            "Priset känns lite högt.",
            "Fler bilder skulle behövas.",
        ),
        "huono": (
            "Texten finns bara på finska.",
            "Storlekstabellen saknas.",
            "Det stod att {tuote} finns i lager, men den var slut.",
        ),
    },
    "neuvonta": {
        "hyvä": (
            "Kunnig personal som tog sig tid.",
            "Fick service på svenska, tack!",
            "Ärliga råd om {tuote}.",
        ),
        "keski": ("Fick vänta en stund.", "Trevligt, men min storlek fanns inte."),
        "huono": ("Ingen hade tid att hjälpa.", "Åkte hit i onödan."),
    },
    "ostoskori": {
        "hyvä": ("Gick snabbt och smidigt.", "Enkelt att ändra antal."),
        "keski": ("Rabattkoden var svår att hitta.", "Helt okej."),
        "huono": ("Varukorgen tömdes av sig själv.", "Krångligt på telefonen."),
        "kulut": (
            "Fraktkostnaden syns först i varukorgen.",
            "Varför berättar ni inte om frakten tidigare?",
            "Jag beställde inte, frakten var för dyr.",
        ),
    },
    "maksu": {
        "hyvä": ("Betalningen gick fint.", "Snabbt och tryggt.", "MobilePay fungerade direkt."),
        "keski": ("Lite många steg.", "Gick på andra försöket."),
        "huono": ("Kortet godkändes inte.", "Formuläret nollställdes."),
        "ei mene": (
            "Betalningen fastnar på min iPhone.",
            "Sidan blir vit efter banken.",
            "Går inte att betala med telefonen.",
            "Försökte tre gånger utan att lyckas.",
        ),
    },
    "seurantaviesti": {
        "hyvä": ("Tydligt meddelande, tack.", "Bra att veta exakt dag.", "Länken fungerade bra."),
        "keski": ("Kom lite sent.", "På finska, men jag förstod."),
        "huono": ("Spårningskoden fungerade inte.", "Fel datum i meddelandet."),
    },
    "toimitus": {
        "hyvä": ("Snabb leverans!", "Kom en dag tidigare än utlovat.", "Allt var väl förpackat."),
        "nouto": ("Smidigt att hämta i butiken.", "Paketet väntade redan när jag kom."),
        "keski": ("Helt normalt.", "Automaten var full, annars bra."),
        "huono": ("Paketet var blött.", "Fel storlek i paketet."),
        "myöhässä": (
            "Leveransen blev försenad utan förklaring.",
            "{tuote} kom för sent till resan.",
            "Lovade dagen höll inte.",
            "Försenat igen.",
        ),
    },
    "asiakaspalvelu": {
        "hyvä": (
            "Fick hjälp genast.",
            "Mycket vänligt bemötande.",
            "Problemet löstes på fem minuter.",
            "Jättebra service på svenska!",
        ),
        "keski": ("Fick vänta i kö, men fick hjälp.", "Okej."),
        "huono": ("Ingen svarade på mitt mejl.", "Lång kö."),
        "kesken": ("Ärendet är fortfarande inte löst.", "Väntar ännu på svar."),
    },
    "palautus": {
        "hyvä": ("Enkelt att returnera.", "Pengarna kom snabbt."),
        "keski": ("Gick, men anvisningen är lång.",),
        "huono": ("Returen kostade för mycket.",),
        "ei ymmärrä": (
            "Hittar ingen returetikett.",
            "Förstår inte hur jag ska returnera.",
            "Anvisningarna finns bara delvis på svenska.",
        ),
    },
    "kuukausi": {
        "hyvä": ("Bra kvalitet och trevlig personal.", "{tuote} fungerar utmärkt.", "Rekommenderar gärna."),
        "keski": ("Bra butik men lite dyr.", "Helt okej."),
        "huono": ("{tuote} gick sönder.", "Dålig uppföljning."),
        "myöhässä": ("Bra varor men leveransen tog för länge.",),
    },
    "kanta-asiakastiski": {
        "hyvä": ("Vänlig betjäning.", "Gick snabbt."),
        "ilahdutti": ("Underbar personal!", "Alltid ett leende.", "Bästa disken i stan."),
        "keski": ("Lite kö.",),
        "huono": ("För lång kö.",),
    },
}
