"""From the inbox to the event store: the only writer of what comes in by the front door."""

from polku.capture.loader.loader import Loader, LoaderState

__all__ = ["Loader", "LoaderState"]
