"""What @segment/analytics-next asks before it sends anything: where to, and which integrations to load (none)."""

from __future__ import annotations

import msgspec

from polku.capture.protocols.contract import Request
from polku.capture.protocols.segment import addresses


def settings_of(request: Request) -> bytes:
    """The settings of the project whose key is in the path, pointing back to the host that was asked."""
    host = request.headers.get("host", "localhost")
    return msgspec.json.encode(
        {
            "integrations": {
                "Segment.io": {
                    "apiKey": addresses.settings_key(request.path),
                    "apiHost": f"{host}/v1",
                    "protocol": request.scheme,
                }
            },
            # A tracking plan, middleware or plugins would make it load more scripts from elsewhere.
            "enabledMiddleware": {},
            "remotePlugins": [],
            "metrics": {"sampleRate": 0},
        }
    )
