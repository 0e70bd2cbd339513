"""Matomo's tracking interface: page views, events, searches, downloads, orders and carts, one by one or in bulk."""

from polku.capture.protocols.matomo.protocol import matomo

__all__ = ["matomo"]
