"""Every change to a map. All functions enter the workspace's scope, are atomic and leave an audit entry."""

from polku.journeys.domain.acting import (
    change_action,
    drop_action,
    finish_action,
    note_effect,
    open_opportunity,
    plan_action,
    publish_words,
    restore_action,
    start_action,
    state_of,
    take_into_work,
    withdraw_words,
    write_words,
)
from polku.journeys.domain.bindings import add_binding, add_bindings, delete_binding, update_binding
from polku.journeys.domain.deletions import undo_deletion
from polku.journeys.domain.documents import export_journey, import_journey
from polku.journeys.domain.journeys import (
    create_journey,
    create_proposed_journey,
    delete_journey,
    find_journey,
    update_journey,
)
from polku.journeys.domain.measuring import check_lane, uncheck_lane
from polku.journeys.domain.questions import put_question, take_question
from polku.journeys.domain.stages import add_stage, delete_stage, move_stage, update_stage
from polku.journeys.domain.touchpoints import (
    add_touchpoint,
    delete_touchpoint,
    move_touchpoint,
    place_touchpoint,
    update_touchpoint,
)

__all__ = [
    "add_binding",
    "add_bindings",
    "add_stage",
    "add_touchpoint",
    "change_action",
    "check_lane",
    "create_journey",
    "create_proposed_journey",
    "delete_binding",
    "delete_journey",
    "delete_stage",
    "delete_touchpoint",
    "drop_action",
    "export_journey",
    "find_journey",
    "finish_action",
    "import_journey",
    "move_stage",
    "move_touchpoint",
    "note_effect",
    "open_opportunity",
    "place_touchpoint",
    "plan_action",
    "publish_words",
    "put_question",
    "restore_action",
    "start_action",
    "state_of",
    "take_into_work",
    "take_question",
    "uncheck_lane",
    "undo_deletion",
    "update_binding",
    "update_journey",
    "update_stage",
    "update_touchpoint",
    "withdraw_words",
    "write_words",
]
