"""The server's ear for commands: one JSON document a line over a Unix socket, whose permission is the credential."""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import threading
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

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(before)
        self._path = path
        self._thread = threading.Thread(target=self.serve_forever, name="polku-control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._path.unlink(missing_ok=True)


def connect(path: Path) -> socket.socket | None:
    """A connection to the running server, or None where none runs."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        channel.close()
        return None
    return channel
