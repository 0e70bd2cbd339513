"""Data on its way in."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "source",
        _("Data source"),
        _("Where signals come from: the website’s tracker, a program that sends, or a file."),
        see=("tracker", "write_key", "import"),
    ),
    Term(
        "tracker",
        _("Tracker"),
        _("A small script on your website that tells what visitors look at, search for and buy."),
        see=("consent", "source"),
    ),
    Term(
        "write_key",
        _("Write key and secret key"),
        _(
            "A write key only lets a program send signals, so it may stand in a page’s code. A secret key "
            "lets it ask questions: keep it to yourself."
        ),
        see=("source",),
    ),
    Term(
        "import",
        _("Import"),
        _(
            "Bringing in signals from a file that another program has exported: orders, answers, contacts, "
            "events or customers."
        ),
        see=("repeat", "rejected_row"),
    ),
    Term(
        "repeat",
        _("Known already"),
        _(
            "The same signal came again, for example in two exports whose days overlap. It is counted once, "
            "so importing the same file twice does no harm."
        ),
        see=("import",),
    ),
    Term(
        "rejected_row",
        _("To be mended"),
        _(
            "A row that could not be read is kept as it came, with the reason. Mend it and it is taken in; "
            "the other rows do not wait for it."
        ),
        see=("import",),
    ),
    Term(
        "left_out",
        _("Left out"),
        _("Signals that are left out on purpose, such as those of robots and of your own staff."),
        see=("source",),
    ),
)
