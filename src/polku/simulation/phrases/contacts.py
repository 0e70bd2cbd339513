"""What customers ask customer service, by reason: Finnish, and some Swedish and English."""

FINNISH = {
    "Tuotekysymys": (
        "Onko {tuote} täysin vedenpitävä?", "Mitä {tuotetta} suosittelette talvivaellukselle?",
        "Milloin {tuotetta} tulee lisää?", "Paljonko {tuote} painaa pakattuna?", "Sopiiko {tuote} lapselle?",
        "Onko {tuotetta} {myymälän} myymälässä kokeiltavana?", "Voiko {tuotteen} pestä koneessa?",
        "Kumpi on kevyempi, tämä vai viime vuoden malli?", "Saako {tuotteen} mukana pakkauspussin?",
        "Missä maassa {tuote} on valmistettu?", "Onko tämä fluoriton?", "Kestääkö {tuote} kymmenen asteen pakkasta?",
    ),
    "Koko": (
        "Olen M ja L välissä, kumman otan?", "Onko mitoitus pieni? Yleensä koko 42.",
        "Millä lestillä {tuote} on tehty, leveä jalka.", "Kokotaulukossa ei ole selkämittaa.",
        "Mahtuuko {tuotteen} alle paksu villapaita?", "Tuleeko kokoa XS enää?", "Olen 190 cm, riittääkö pituus?",
        "Miten rinkan selän pituus mitataan?",
    ),
    "Toimituskulut": (
        "Miksi toimituskulut näkyvät vasta korissa?", "Mistä summasta alkaa ilmainen toimitus?",
        "Saako tilauksen ilman kuluja, jos nouto myymälästä?", "Korissa hinta nousi 6,90, mistä se tulee?",
        "Lasketaanko alennus ennen ilmaisen toimituksen rajaa?", "En huomannut rahtia missään ennen koria.",
        "Paljonko maksaa toimitus {kaupunkiin}?",
    ),
    "Alennuskoodi": (
        "Uutiskirjeen koodi ei toimi.", "Koodi antaa virheen, vaikka on voimassa.", "Saako kahta koodia käyttää samaan tilaukseen?",
        "Unohdin laittaa alennuskoodin, voiko sen lisätä jälkikäteen?", "Koskeeko alennus myös {tuotetta}?",
        "Kanta-asiakasalennus ei näy korissa.",
    ),
    "Maksu ei onnistu": (
        "Maksu jää pyörimään iPhonella.", "Yritin maksaa kolme kertaa, ei mene läpi.",
        "Maksusivu on tyhjä, kun tulen pankista takaisin.", "MobilePay hyväksyi, mutta tilausta ei tullut.",
        "Menikö maksu nyt kahdesti?", "Voinko tehdä tilauksen puhelimessa, kun netissä ei onnistu?",
        "Safari ilmoittaa virheestä maksussa.", "Maksa-nappi ei reagoi.", "Apple Pay ei toimi sivuillanne.",
        "Verkkopankki ei avaudu puhelimella.", "Rahat lähti tililtä, mutta vahvistusta ei kuulu.",
        "Puhelimella ei onnistu maksaminen, toimiiko koneella?", "Kori on täynnä, mutta kassalta heittää takaisin.",
    ),
    "Laskutus": (
        "Lasku puuttuu, eräpäivä lähestyy.", "Laskulla on väärä summa.", "Voinko saada lisää maksuaikaa?",
        "Sain muistutuksen, vaikka olen maksanut.", "Tarvitsen laskun yritykselle.", "Kuitti katosi, voitteko lähettää uuden?",
        "Laskulla on myös palautettu tuote.",
    ),
    "Seurantalinkki ei toimi": (
        "Seurantakoodia ei löydy Postin sivuilta.", "Linkki vie väärään pakettiin.", "Seuranta on sanonut kolme päivää samaa.",
        "En ole saanut seurantaviestiä lainkaan.", "Viestin linkki antaa virheen.",
    ),
    "Missä tilaukseni on": (
        "Paketin piti tulla eilen, missä se on?", "Luvattu toimituspäivä meni, mitään ei kuulu.",
        "Seuranta ei ole liikkunut, onko paketti hukassa?", "Ehtiikö {tuote} perille ennen viikonloppua?",
        "{kaupunkiin} luvattu neljä päivää, nyt mennään yli.", "Toimitus on {päivää} myöhässä.",
        "Lähtö retkelle lauantaina, ehtiikö paketti?", "Missä tilaukseni viipyy?", "Onko tilaukseni edes lähtenyt?",
        "Noutoilmoitusta ei ole tullut.", "Kenelle voin soittaa kuljetuksesta?", "Voiko toimituksen muuttaa noudoksi myymälästä?",
    ),
    "Palautusohje": (
        "En löydä palautuslappua.", "Miten {tuote} palautetaan? Ohje on sekava.", "Mistä saan asiakastunnuksen palautukseen?",
        "Tarvitaanko palautukseen tulostin?", "Onko palautus ilmainen?", "Voinko palauttaa {myymälän} myymälään?",
        "Palautuskoodi ei toimi automaatissa.", "Haluan vaihtaa koon, en palauttaa rahoja.",
        "Palautussivu vaatii kirjautumisen, mutta minulla ei ole tiliä.", "Mihin osoitteeseen paketti lähetetään?",
        "Luin ohjeen, mutta en ymmärrä mitä pitää tehdä.", "Palautuslomake ei lähde puhelimella.",
    ),
    "Hyvitys viipyy": (
        "Palautin kaksi viikkoa sitten, rahat ei ole tullut.", "Milloin hyvitys näkyy tilillä?",
        "Sain hyvityksestä vain osan.", "Onko palautukseni saapunut teille?", "Hyvitys meni ilmeisesti vanhalle kortille.",
    ),
    "Viallinen tuote": (
        "{Tuote} hajosi toisella käyttökerralla.", "Vetoketju on rikki uutena.", "Sauma ratkesi, miten reklamoin?",
        "Paketista puuttui osa.", "Sain väärän värin.", "Lamppu ei lataudu.", "Onko teillä huoltoa? {Tuote} vuotaa.",
    ),
    "Kanta-asiakkuus": (
        "Pisteitä ei ole kirjattu ostoksesta.", "Milloin pisteet vanhenevat?", "Kortti katosi, saanko uuden?",
        "Miten liityn kanta-asiakkaaksi?", "Syntymäpäiväetu ei näy.", "Voiko perheenjäsen käyttää samaa korttia?",
    ),
    "Muu asia": (
        "Onko {myymälän} myymälä auki pyhänä?", "Myyttekö lahjakortteja?", "Haluaisin perua uutiskirjeen.",
        "Vuokraatteko telttoja?", "Saako myymälään tuoda koiran?", "Etsittekö kesätyöntekijöitä?",
        "Jätin lapaset sovituskoppiin.", "Onko teillä suksihuoltoa?", "Tilaisimme seuralle kaksikymmentä otsalamppua, saako tarjouksen?",
    ),
}  # fmt: skip

GREETINGS = ("Hei! ", "Moi, ", "Terve. ", "Hei, ", "Päivää, ", "Moikka! ")
CLOSINGS = (" Kiitos!", " Kiitos etukäteen.", " Voitteko auttaa?", " Odotan vastausta.", " Terveisin asiakas")

SWEDISH = {
    "Tuotekysymys": ("Är {tuote} vattentät?", "När kommer {tuote} in i lager igen?"),
    "Koko": ("Är storlekarna små?", "Jag är mellan M och L, vad rekommenderar ni?"),
    "Toimituskulut": ("Vad kostar frakten?", "Varför syns frakten först i varukorgen?"),
    "Alennuskoodi": ("Rabattkoden fungerar inte.",),
    "Maksu ei onnistu": ("Betalningen går inte igenom på min telefon.", "Sidan blir vit när jag ska betala."),
    "Laskutus": ("Fakturan har fel summa.", "Jag har inte fått någon faktura."),
    "Seurantalinkki ei toimi": ("Spårningslänken fungerar inte.",),
    "Missä tilaukseni on": ("Var är mitt paket?", "Paketet skulle ha kommit i går.", "Hinner {tuote} fram före helgen?"),
    "Palautusohje": ("Hur returnerar jag {tuote}?", "Var hittar jag returetiketten?"),
    "Hyvitys viipyy": ("När får jag pengarna tillbaka?",),
    "Viallinen tuote": ("Dragkedjan är trasig.", "Fick fel färg."),
    "Kanta-asiakkuus": ("Mina poäng syns inte.",),
    "Muu asia": ("Har ni öppet på lördag?", "Säljer ni presentkort?"),
}  # fmt: skip

ENGLISH = {
    "Tuotekysymys": ("Is the {tuote} waterproof?", "Will you get more of the {tuote}?"),
    "Koko": ("Do the sizes run small?", "I'm between M and L, which one?"),
    "Toimituskulut": ("How much is shipping?", "Why do I see the shipping cost only in the cart?"),
    "Alennuskoodi": ("My discount code does not work.",),
    "Maksu ei onnistu": ("I can't pay on my iPhone.", "Payment failed twice, was I charged?"),
    "Laskutus": ("I need an invoice for my company.",),
    "Seurantalinkki ei toimi": ("The tracking link shows an error.",),
    "Missä tilaukseni on": ("Where is my order?", "It should have arrived yesterday.", "Can I still get it before Saturday?"),
    "Palautusohje": ("How do I return the {tuote}?", "I can't find the return label."),
    "Hyvitys viipyy": ("When will I get my refund?",),
    "Viallinen tuote": ("The zip broke on day one.", "A part is missing."),
    "Kanta-asiakkuus": ("My points are missing.",),
    "Muu asia": ("Are you open on Sunday?", "Do you rent tents?"),
}  # fmt: skip
