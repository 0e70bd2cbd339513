"""What is done every night: workspaces into which much came are written anew."""

from __future__ import annotations

import logging

from polku.accounts.models import Workspace
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store

logger = logging.getLogger(__name__)


def compact_where_due() -> None:
    """Compact the workspaces for which it is worth while, one after another; one that cannot be holds up no other."""
    for key in Workspace.objects.order_by("pk").values_list("key", flat=True):
        try:
            if store().is_compaction_due(key.hex):
                done = store().compact(key.hex)
                logger.info(
                    "the workspace %s was written anew in %.0f s, %.1f s of which writes waited",
                    key.hex,
                    done.seconds,
                    done.seconds_at_gate,
                )
        except StoreError as error:
            logger.warning("the workspace %s could not be written anew: %s", key.hex, error)
