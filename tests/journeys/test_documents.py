"""A journey as a document: out and in again it is the same; a wrong document is told where it is wrong."""

from __future__ import annotations

import copy

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.journeys import domain
from polku.journeys.models import Journey
from polku.journeys.templates_catalog import find_template, journey_templates

DOCUMENT = {
    "polku": "journey",
    "version": 1,
    "name": "Telttaa ostamassa",
    "kind": "to-be",
    "purpose": "Mitä korjaamme ensin?",
    "window_days": 14,
    "reviewed_at": "2026-03-01",
    "stages": [
        {"name": "Tyhjä vaihe", "touchpoints": []},
        {
            "name": "Osto",
            "touchpoints": [
                {
                    "name": "Maksu",
                    "description": "Kortti tai lasku.\nAsiakas näkee summan.",
                    "channels": ["web", "mobile"],
                    "moment_of_truth": True,
                    "backstage": False,
                    "assumed_feeling": -0.25,
                    "owner": "omistaja@example.com",
                    "review_on": "2026-06-30",
                    "bindings": [
                        {
                            "kind": "event",
                            "names": ["payment", "maksu 007"],
                            "url": "*/kassa/*",
                            "channel": "web",
                            "where": [
                                {"property": "order.status", "op": "in", "value": ["paid", "sent"]},
                                {"property": "mobile", "op": "exists", "value": False},
                            ],
                        },
                        {"kind": "order", "names": [], "url": "", "channel": "", "where": []},
                    ],
                },
                {
                    "name": "Varaston työ",
                    "description": "",
                    "channels": [],
                    "moment_of_truth": False,
                    "backstage": True,
                    "assumed_feeling": None,
                    "owner": None,
                    "review_on": None,
                    "bindings": [],
                },
            ],
        },
    ],
}


def test_what_is_exported_and_imported_again_is_equal(workspace, owner) -> None:
    journey = domain.import_journey(workspace=workspace, document=DOCUMENT, actor=owner)
    assert domain.export_journey(journey) == DOCUMENT
    again = domain.import_journey(workspace=workspace, document=domain.export_journey(journey))
    assert again.pk != journey.pk
    assert domain.export_journey(again) == DOCUMENT


def test_an_owner_from_elsewhere_is_left_out(workspace, outsider) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["stages"][1]["touchpoints"][0]["owner"] = outsider.email
    journey = domain.import_journey(workspace=workspace, document=document)
    assert domain.export_journey(journey)["stages"][1]["touchpoints"][0]["owner"] is None


def test_only_names_are_required(workspace) -> None:
    document = {
        "polku": "journey",
        "version": 1,
        "name": "Polku",
        "stages": [{"name": "A", "touchpoints": [{"name": "B", "bindings": [{"kind": "contact"}]}]}],
    }
    exported = domain.export_journey(domain.import_journey(workspace=workspace, document=document))
    assert exported["window_days"] == 30
    assert exported["stages"][0]["touchpoints"][0]["bindings"] == [
        {"kind": "contact", "names": [], "url": "", "channel": "", "where": []}
    ]


def wrong(path: list[object], value: object) -> dict[str, object]:
    document = copy.deepcopy(DOCUMENT)
    place = document
    for step in path[:-1]:
        place = place[step]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


POINT = ["stages", 1, "touchpoints", 0]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "not a journey"),
        ({"name": "Polku"}, "not a journey"),
        (wrong(["version"], 2), "version: this Polku reads version 1"),
        (wrong(["name"], KeyError), "name is missing"),
        (wrong(["name"], 7), "name: This must be text"),
        (wrong(["windw_days"], 3), "windw_days is not a known field. Did you mean “window_days”?"),
        (wrong(["window_days"], 0), "window_days: The window is a whole number"),
        (wrong(["stages"], {}), "stages: This must be a list"),
        (wrong(["stages", 0], "Osto"), r"stages\[0\]: this must be an object"),
        (wrong(["stages", 0, "name"], "x" * 81), r"stages\[0\].name: At most 80"),
        (wrong(["stages"], [{"name": "A"}] * 31), "at most 30 stages"),
        (wrong([*POINT, "name"], ""), r"stages\[1\].touchpoints\[0\].name: Give a name"),
        (wrong([*POINT, "channels"], ["wep"]), r"touchpoints\[0\].channels: “wep” .* “web”"),
        (wrong([*POINT, "assumed_feeling"], 2), r"touchpoints\[0\].assumed_feeling"),
        (wrong([*POINT, "backstage"], "yes"), r"touchpoints\[0\].backstage: This must be true or false"),
        (wrong([*POINT, "bindings", 0, "kind"], "evnt"), r"bindings\[0\].kind: “evnt” .* “event”"),
        (wrong([*POINT, "bindings", 1, "kind"], KeyError), r"bindings\[1\].kind is missing"),
        (wrong([*POINT, "bindings", 0, "names"], [3]), r"bindings\[0\].names"),
        (wrong([*POINT, "bindings", 0, "where"], [{"property": "a", "op": "is"}]), r"bindings\[0\].where"),
        (wrong(["purpose"], "\ud800"), "broken text"),
    ],
)
def test_a_wrong_document_is_told_where_and_makes_nothing(workspace, document, message) -> None:
    with pytest.raises(ValidationError, match=message):
        domain.import_journey(workspace=workspace, document=document)
    with scope(workspace=workspace):
        assert not Journey.objects.exists()


STAGES = {
    ("four-phases", "fi"): ["Lähtötila", "Ennen ostosta", "Ostotapahtuma", "Oston jälkeen"],
    ("four-phases", "en"): ["Starting point", "Before the purchase", "The purchase", "After the purchase"],
    ("nine-stages", "fi"): [
        "Tietoisuus", "Harkinta", "Mielenkiinto", "Aikomus", "Ostopäätös ja ostos", "Ostoksen jälkeinen",
        "Sitouttaminen", "Kannattaminen", "Uskollisuus",
    ],
    ("nine-stages", "en"): [
        "Awareness", "Consideration", "Interest", "Intent", "Decision and purchase", "Post-purchase", "Engagement",
        "Advocacy", "Loyalty",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("template", "language"), list(STAGES))
def test_a_template_is_whole_in_the_workspaces_language(workspace, template, language) -> None:
    workspace.language = language
    workspace.save()
    journey = domain.create_journey(workspace=workspace, template=template)
    document = domain.export_journey(journey)
    assert document["name"] == find_template(template).name(language)
    assert [stage["name"] for stage in document["stages"]] == STAGES[template, language]
    for stage in document["stages"]:
        names = [touchpoint["name"] for touchpoint in stage["touchpoints"]]
        assert 1 <= len(names) == len(set(names))
    assert journey.template == template


def test_templates_say_the_same_in_both_languages() -> None:
    for template in journey_templates():
        finnish, english = template.stages("fi"), template.stages("en")
        for one, other in zip(finnish, english, strict=True):
            assert one["name"] != other["name"]
            for point, counterpart in zip(one["touchpoints"], other["touchpoints"], strict=True):
                assert point["name"] != counterpart["name"]
                assert point["channels"] == counterpart["channels"]


def test_an_unknown_template_names_the_nearest(workspace) -> None:
    with pytest.raises(ValidationError, match="did you mean “nine-stages”"):
        domain.create_journey(workspace=workspace, name="Polku", template="nine-stage")
