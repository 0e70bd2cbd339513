"""The server process: it owns the event store and serves pages and the API until it is told to stop."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType

import pyarrow as pa
import uvicorn
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from polku.capture import front
from polku.capture.draining import Drain
from polku.cli import loaded_operations
from polku.cli.control import ControlServer
from polku.cli.errors import CommandError
from polku.cli.owner import migrate, open_store, store_lock
from polku.cli.paths import socket_path
from polku.eventstore.duckdb.store import DuckDBStore
from polku.jobs import queue, schedules, ticking

_SWITCH_INTERVAL = 0.0005
"""One busy Python thread with the default 5 ms took the slowest answers from milliseconds to seconds."""

# A stop may last fifteen seconds: questions have five to end by themselves, requests eight, commands, jobs and the
# loader two.
_QUESTIONS_PATIENCE, _REQUESTS_PATIENCE, _PATIENCE = 5.0, 8, 2.0
_KEEP_ALIVE = 75
"""Seconds an idle connection is kept: libraries that send every ten seconds would meet a closed one each time."""
_OPEN_FILES = 65_536  # connections, a file per workspace, and three per file of the inbox


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
        with open_store(home) as store:
            queue.recover()
            if prepare:
                prepare()
                _give_memory_back()
            sys.setswitchinterval(_SWITCH_INTERVAL)
            config = _configured()
            # What was made up to now stays: looking through it again would stop all threads for a tenth of a second.
            gc.freeze()
            _allow_many_files()
            try:
                front.start(home, store)  # type: ignore[arg-type]
            except OSError as error:
                raise CommandError(_("The inbox cannot be opened: %s") % error) from error
            control = ControlServer(socket_path(home))
            runner, daily, outbox = queue.Runner(), schedules.Runner(), Drain()
            runner.start()
            daily.start()
            ticks = ticking.Runner()
            ticks.start()
            outbox.start()
            try:
                if ready:
                    ready()
                _run(_Server(config, store), listener)
            finally:
                front.stop(_PATIENCE)
                control.stop()
                control.join(_PATIENCE)
                ticks.stop(timeout=0)
                daily.stop(timeout=0)  # what it does ends with the store
                outbox.stop(_PATIENCE)
                runner.stop(timeout=_PATIENCE)
                if not store.stop():
                    _leave_at_once()
        # Closing the store ended what commands and jobs still did; they must have left it before Python ends.
        control.join(_PATIENCE)
        runner.join(_PATIENCE)
        daily.join(_PATIENCE)
        ticks.join(_PATIENCE)
        outbox.join(_PATIENCE)
    gc.unfreeze()  # lest DuckDB's library complain at exit of what nobody collected


def _configured() -> uvicorn.Config:
    """What uvicorn serves and how, with all of it read in: pages, addresses, formulas and languages."""
    config = uvicorn.Config(
        "polku.config.asgi:application",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.PROXIES,
        timeout_graceful_shutdown=_REQUESTS_PATIENCE,
        timeout_keep_alive=_KEEP_ALIVE,
    )
    config.load()
    import_module("scipy.special")  # what the first map would wait for
    reverse("site:language")
    for code, _name in settings.LANGUAGES:
        with override(code):
            _("Save")
    return config


def _allow_many_files() -> None:
    """The usual 1,024 are too few for a busy server; what the system allows at most is no harm."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _give_memory_back() -> None:
    """What loading needed for a moment; a hundred megabytes would stay with the process otherwise."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # only the C library of GNU has it
        ctypes.CDLL(None).malloc_trim(0)


def _leave_at_once() -> None:
    """End without waiting for a thread that nothing can stop; the store's files are whole at any moment."""
    sys.stderr.flush()
    os._exit(0)


class _Server(uvicorn.Server):
    """Stops slow questions so early that those who asked still get an answer, and that no thread outlives the rest."""

    def __init__(self, config: uvicorn.Config, store: DuckDBStore) -> None:
        super().__init__(config)
        self._store = store
        self._timer = threading.Timer(_QUESTIONS_PATIENCE, self._stop_slow_questions)
        self._is_told = False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets=sockets)
        finally:
            self._timer.cancel()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        # A second signal changes nothing, not even one that comes while this handler starts the timer.
        if not self._is_told:
            self._is_told = True
            self._timer.daemon = True
            self._timer.start()

    def _stop_slow_questions(self) -> None:
        if not self._store.stop():
            time.sleep(_PATIENCE)
            _leave_at_once()


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
