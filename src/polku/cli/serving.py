"""The server process: it owns the event store and serves pages and the API until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from django.utils.translation import gettext as _

from polku.cli import loaded_operations
from polku.cli.control import ControlServer
from polku.cli.errors import CommandError
from polku.cli.owner import migrate, open_store, store_lock
from polku.cli.paths import socket_path
from polku.jobs import queue

_SWITCH_INTERVAL = 0.0005
"""One busy Python thread with the default 5 ms took the slowest answers from milliseconds to seconds."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CommandError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CommandError(
            _("Cannot listen on %(host)s port %(port)s (%(reason)s). Choose another with --port.")
            % {"host": host, "port": port, "reason": error}
        ) from error
    return listener


def address_of(host: str, port: int) -> str:
    shown = "localhost" if host in {"127.0.0.1", "::1", "0.0.0.0"} else host  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"


def serve(
    home: Path,
    listener: socket.socket,
    *,
    prepare: Callable[[], None] | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Own the store and serve on `listener` until SIGTERM or SIGINT; returns after a clean stop.

    `prepare` runs with the store open before anything is served, `ready` just before serving begins.
    Raises CommandError when another process owns the home folder.
    """
    with store_lock(home, wait=5) as held:
        if not held:
            raise CommandError(_("Another Polku process already works in %s.") % home)
        loaded_operations.load()
        migrate()
        with open_store(home):
            queue.recover()
            if prepare:
                prepare()
            sys.setswitchinterval(_SWITCH_INTERVAL)
            control = ControlServer(socket_path(home))
            runner = queue.Runner()
            runner.start()
            try:
                if ready:
                    ready()
                config = uvicorn.Config(
                    "polku.config.asgi:application",
                    lifespan="off",
                    log_level="warning",
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=10,
                )
                _run(uvicorn.Server(config), listener)
            finally:
                runner.stop()
                control.stop()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT.

    uvicorn stops on them cleanly and then raises the signal again, which by default would kill the process
    before the store is closed; so from here on that second signal does nothing.
    """
    kept = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
