"""The front door: an ASGI application that lets signals in, and what it needs while the server runs."""

from polku.capture.front.running import Front, running, start, stop

__all__ = ["Front", "running", "start", "stop"]
