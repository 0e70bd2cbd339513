"""Addresses below /w/<workspace>/ (config/urls.py)."""

from django.urls import path

from polku.journeys.views import (
    bindings,
    catching,
    connecting,
    journeys,
    map,
    measurement_plan,
    proposing,
    structure,
    touchpoints,
)

app_name = "journeys"

_JOURNEY = "journeys/<int:journey>/"
_STAGE = f"{_JOURNEY}stages/<int:stage>/"
_TOUCHPOINT = f"{_JOURNEY}touchpoints/<int:touchpoint>/"

urlpatterns = [
    path("journeys/", journeys.journey_list, name="list"),
    path("journeys/new/", journeys.journey_create, name="create"),
    path("journeys/propose/", proposing.journey_propose, name="propose"),
    path("journeys/propose/preview/", proposing.proposal_preview, name="propose-preview"),
    path("journeys/plan/", journeys.first_plan, name="first-plan"),
    path("journeys/deletions/<int:deletion>/undo/", journeys.deletion_undo, name="undo"),
    path(_JOURNEY, map.journey_map, name="map"),
    path(f"{_JOURNEY}version/", map.journey_version, name="version"),
    path(_TOUCHPOINT, map.touchpoint_panel, name="panel"),
    path(f"{_JOURNEY}settings/", journeys.journey_settings, name="settings"),
    path(f"{_JOURNEY}delete/", journeys.journey_delete, name="delete"),
    path(f"{_JOURNEY}edit/", structure.journey_edit, name="edit"),
    path(f"{_JOURNEY}stages/add/", structure.stage_add, name="stage-add"),
    path(f"{_STAGE}rename/", structure.stage_rename, name="stage-rename"),
    path(f"{_STAGE}move/", structure.stage_move, name="stage-move"),
    path(f"{_STAGE}delete/", structure.stage_delete, name="stage-delete"),
    path(f"{_STAGE}touchpoints/add/", structure.touchpoint_add, name="touchpoint-add"),
    path(f"{_TOUCHPOINT}edit/", touchpoints.touchpoint_edit, name="touchpoint-edit"),
    path(f"{_TOUCHPOINT}rename/", structure.touchpoint_rename, name="touchpoint-rename"),
    path(f"{_TOUCHPOINT}move/", structure.touchpoint_move, name="touchpoint-move"),
    path(f"{_TOUCHPOINT}delete/", structure.touchpoint_delete, name="touchpoint-delete"),
    path(f"{_TOUCHPOINT}bindings/", bindings.binding_list, name="bindings"),
    path(f"{_TOUCHPOINT}bindings/names/", catching.signal_names, name="binding-names"),
    path(f"{_TOUCHPOINT}bindings/preview/", catching.preview, name="binding-preview"),
    path(f"{_TOUCHPOINT}bindings/<int:binding>/", bindings.binding_edit, name="binding"),
    path(f"{_TOUCHPOINT}bindings/<int:binding>/delete/", bindings.binding_delete, name="binding-delete"),
    path(f"{_JOURNEY}connect/", connecting.journey_connect, name="connect"),
    path(f"{_JOURNEY}plan/", measurement_plan.measurement_plan, name="plan"),
    path(f"{_TOUCHPOINT}plan/", measurement_plan.plan_check, name="plan-check"),
    path(f"{_JOURNEY}rebuild/", catching.rebuild, name="rebuild"),
]
