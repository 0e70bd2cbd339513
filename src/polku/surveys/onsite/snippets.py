"""The line that a website pastes, and how a page tells of an event. docs/reference/survey-widget.md explains them."""

from __future__ import annotations


def snippet(address: str, key: str) -> str:
    """What goes into every page's <head>. `address` is the server's, without a slash at its end."""
    return f'<script async src="{address}/polku-surveys.js" data-key="{key}"></script>\n'


EVENT = 'window.polku?.surveys?.event("Chat Ended");'
