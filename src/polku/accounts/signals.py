"""What other rooms may want to hear about accounts."""

from django.dispatch import Signal

api_keys_changed = Signal()
"""A key was made or revoked, and that is committed. Sent in the thread that did it; receivers must be quick."""
