"""The server's ear for commands: one JSON document a line over a Unix socket, whose permission is the credential."""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

from django.db import close_old_connections
from django.utils import translation

from polku.cli.errors import FRIENDLY, message_of
from polku.cli.operations import run_operation

logger = logging.getLogger(__name__)
_LONGEST_REQUEST = 4_194_304  # bytes


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        try:
            line = self.rfile.readline(_LONGEST_REQUEST)
            if not line:
                return
            request = json.loads(line)
            close_old_connections()
            with translation.override(request.get("language", "en")):
                self._answer(request)
        except BrokenPipeError:
            # The command was interrupted; what it asked for is done all the same, whole.
            pass
        finally:
            close_old_connections()

    def _answer(self, request: dict[str, Any]) -> None:
        def progress(done: int, total: int) -> None:
            self._send({"progress": [done, total]})

        try:
            self._send({"result": run_operation(request["operation"], request["params"], progress)})
        except FRIENDLY as error:
            self._send({"error": message_of(error)})
        except BrokenPipeError:
            raise
        except Exception:
            logger.exception("the operation %s failed", request.get("operation"))
            self._send({"fault": str(request.get("operation"))})

    def _send(self, document: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")


class ControlServer(socketserver.ThreadingUnixStreamServer):
    """Listens on the socket; each command is a thread."""

    def __init__(self, path: Path) -> None:
        self._working: set[threading.Thread] = set()
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(before)
        self._path = path
        self._thread = threading.Thread(target=self.serve_forever, name="polku-control", daemon=True)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self._work, args=(request, client_address), name="polku-command", daemon=True
        )
        self._working.add(thread)
        thread.start()

    def _work(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._working.discard(threading.current_thread())

    def stop(self) -> None:
        """Hear no more commands; those under way go on."""
        self.shutdown()
        self.server_close()
        self._path.unlink(missing_ok=True)

    def join(self, timeout: float) -> None:
        """Wait until the commands under way have ended."""
        deadline = time.monotonic() + timeout
        for thread in list(self._working):
            thread.join(max(0.0, deadline - time.monotonic()))


def connect(path: Path) -> socket.socket | None:
    """A connection to the running server, or None where none runs."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        channel.close()
        return None
    return channel
