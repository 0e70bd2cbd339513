"""English comments, by question and mood; `{tuote}` is the product without an article."""

ENGLISH: dict[str, dict[str, tuple[str, ...]]] = {
    "tuotesivu": {
        "hyvä": (
            "Clear photos and a proper size chart.",
            "Found what I needed in a minute.",
            "The reviews helped me choose the {tuote}.",
        ),
        "keski": ("Fine, but a bit pricey.", "Some parts are only in Finnish.", "Would like more photos."),
        "huono": (
            "No size chart at all.",
            "It said in stock, but it wasn't.",
            "The page is half in Finnish.",
        ),
    },
    "neuvonta": {
        "hyvä": ("Staff really know their gear.", "Great advice on the {tuote}.", "Friendly and honest."),
        "keski": ("Had to wait a while.", "Nice people, my size was missing."),
        "huono": ("Nobody around to help.", "They told me to check online."),
    },
    "ostoskori": {
        "hyvä": ("Quick and easy.", "It remembered my items from yesterday."),
        "keski": ("OK, the discount field is hidden.", "A lot of scrolling on the phone."),
        "huono": ("My basket was suddenly empty.", "Discount code didn't work."),
        "kulut": (
            "Shipping only shows up in the cart.",
            "Didn't expect to pay for shipping.",
            "Tell me the delivery cost earlier, please.",
        ),
    },
    "maksu": {
        "hyvä": ("Payment took ten seconds.", "Smooth.", "All good with my card."),
        "keski": ("A few steps too many.", "Worked on the second try."),
        "huono": ("My card was rejected without a reason.", "My address was not accepted."),
        "ei mene": (
            "Payment just keeps spinning on my iPhone.",
            "White page after the bank.",
            "Could not pay on my phone, gave up.",
            "Tried three times in Safari.",
        ),
    },
    "seurantaviesti": {
        "hyvä": ("Clear and useful.", "Good to know the exact day.", "Tracking link works great."),
        "keski": ("Arrived after the parcel did.", "Went to spam."),
        "huono": ("Tracking code did not work.", "Different date than promised."),
    },
    "toimitus": {
        "hyvä": ("Fast delivery!", "Arrived a day early.", "Well packed, no plastic."),
        "nouto": ("Picking up in the store was easy.", "Ready when I came."),
        "keski": ("Normal delivery.", "Box was dented, content fine."),
        "huono": ("The parcel was wet.", "Wrong size in the box."),
        "myöhässä": (
            "Late, and nobody told me.",
            "My {tuote} came after the trip.",
            "The promised date meant nothing.",
            "Days late again.",
        ),
    },
    "asiakaspalvelu": {
        "hyvä": (
            "Solved on the first call.",
            "Super friendly, in English too.",
            "Got an answer within the hour.",
            "Best service I've had in Finland.",
        ),
        "keski": ("Helpful in the end.", "A bit slow."),
        "huono": ("Waited half an hour on the phone.", "No reply to my e-mail."),
        "kesken": ("Still not solved.", "Nobody got back to me."),
    },
    "palautus": {
        "hyvä": ("Easy return.", "Refund came in a week."),
        "keski": ("Worked, but the instructions are long.",),
        "huono": ("Had to pay for the return.",),
        "ei ymmärrä": (
            "Where is the return label?",
            "I don't understand the instructions.",
            "The English page stops half way.",
        ),
    },
    "kuukausi": {
        "hyvä": (
            "Great gear, great people.",
            "The {tuote} survived a week in Lapland.",
            "Would recommend to any hiker.",
        ),
        "keski": ("Good shop but not cheap.", "It's fine."),
        "huono": ("The {tuote} broke on the second trip.", "Found it cheaper elsewhere."),
        "myöhässä": ("Good products, slow delivery.",),
    },
    "kanta-asiakastiski": {
        "hyvä": ("Nice staff.", "Quick."),
        "ilahdutti": ("Lovely people, they remembered me!", "Always a smile here.", "Best desk ever."),
        "keski": ("A bit of a queue.",),
        "huono": ("Waited too long.",),
    },
}
