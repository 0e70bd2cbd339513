"""What customers do, and the questions asked of it."""

from django.utils.translation import gettext_lazy as _

from polku.site.glossary.term import Term

TERMS = (
    Term(
        "funnel",
        _("Funnel"),
        _(
            "Steps in the order in which a purchase should go, and how many get to each. It shows where "
            "customers drop out."
        ),
        _(
            "A person is counted once, by the furthest step they reached within the time window. Steps are "
            "taken in the order given unless you choose another rule."
        ),
        see=("drop_off", "window", "conversion"),
    ),
    Term(
        "drop_off",
        _("Dropped out"),
        _(
            "Reached a step but not the next one within the time window. Some of them may still go on later, "
            "outside the window."
        ),
        see=("funnel", "window"),
    ),
    Term(
        "window",
        _("Time window"),
        _(
            "How long somebody has to get through all the steps, counted from their first one. A day is 24 "
            "hours, not a calendar day."
        ),
        see=("funnel", "continued"),
    ),
    Term(
        "conversion",
        _("Conversion"),
        _(
            "The share of those who started that got to the end: on the website, the share of visits that "
            "led to an order."
        ),
        see=("funnel", "visit"),
    ),
    Term(
        "retention",
        _("Retention"),
        _(
            "The share of those who once began that came back later: after a day, a week or a month. Days, "
            "weeks and months are those of the calendar."
        ),
        see=("cohort", "unfinished"),
    ),
    Term(
        "cohort",
        _("Cohort"),
        _(
            "People who began in the same period, such as those who first bought in March. They are followed "
            "together, so that newcomers do not blur how the older ones behave."
        ),
        see=("retention",),
    ),
    Term(
        "paths",
        _("Paths"),
        _(
            "What people really did after what, measured from events. A journey map shows the plan, paths "
            "show what happened."
        ),
        see=("journey", "median"),
    ),
    Term(
        "trend",
        _("Trend"),
        _(
            "One figure by day, week or month. You can write down beside it what happened meanwhile, such as "
            "a campaign or a new version of the site."
        ),
        see=("unfinished",),
    ),
    Term(
        "breakdown",
        _("Breakdown"),
        _("The same figure separately for each value of a property: by device, city or campaign."),
        see=("segment", "property"),
    ),
    Term(
        "visit",
        _("Visit"),
        _("What one person does until nothing happens for 30 minutes. Also called a session."),
        see=("visitor", "conversion"),
    ),
    Term(
        "event",
        _("Event"),
        _(
            "One thing that somebody did at a certain time: viewed a page, searched, put something into the "
            "cart."
        ),
        see=("signal", "property"),
    ),
    Term(
        "signal",
        _("Signal"),
        _(
            "The common name of events, answers, comments, contacts and orders: something that happened at a "
            "certain time."
        ),
        see=("event", "binding"),
    ),
    Term(
        "property",
        _("Property"),
        _(
            "Something known of an event, an order or a customer, such as the device, the state of the order "
            "or the city."
        ),
        see=("segment", "breakdown"),
    ),
    Term(
        "over_represented",
        _("Commoner here than elsewhere"),
        _(
            "Properties that clearly more of these people have than of the others. It is a clue to follow, "
            "not yet a cause."
        ),
        _(
            "All properties are tested at once, and the results are corrected for that, so that chance does "
            "not fill the list."
        ),
        see=("no_evidence", "grade"),
    ),
)
