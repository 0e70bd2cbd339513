"""The durable inbox between the front door and the loader: what is in it was fsynced before anybody was told."""

from polku.capture.inbox.files import copy_inbox
from polku.capture.inbox.inbox import Inbox, InboxState
from polku.capture.inbox.refusals import InboxUnavailable, Refusal

__all__ = ["Inbox", "InboxState", "InboxUnavailable", "Refusal", "copy_inbox"]
