"""One request of a protocol, from its address to its reply: the order in which things are asked."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from polku.capture import pipeline
from polku.capture.details import Sentence, detail
from polku.capture.front import answers
from polku.capture.front.bodies import BadBody, Receive, SenderGone, unpacked
from polku.capture.front.keys import KeysUnknown, WriteKey
from polku.capture.front.running import Front
from polku.capture.inbox import InboxUnavailable
from polku.capture.messages import Envelope, Message, encoder
from polku.capture.protocols import Decoded, Protocol, Reply, Request

logger = logging.getLogger(__name__)
_DECODED_ASIDE = 64 * 1024
"""A body longer than this is decoded in another thread, so that other senders need not wait for it."""
_LONGEST_USER_AGENT = 1_000
_CLOSING = {"connection": "close"}


async def answer(front: Front, protocol: Protocol, asked: Request, receive: Receive) -> Reply | None:
    """The reply to a request whose body was not read yet; None where the sender has gone.

    A reply of 2xx comes after the fsync of everything that was taken.
    """
    try:
        return await _answer(front, protocol, asked, receive)
    except BadBody as bad:
        said = answers.problem(bad.status, str(bad))
        extra = dict(_CLOSING) if bad.closes else {}
        if bad.retry_after:
            extra["retry-after"] = str(bad.retry_after)
        return Reply(said.status, {**said.headers, **extra}, said.body)
    except InboxUnavailable as refused:
        return answers.unavailable(refused.refusal, refused.retry_after)
    except KeysUnknown:
        return answers.KEYS_UNKNOWN
    except SenderGone:
        return None


async def _answer(front: Front, protocol: Protocol, asked: Request, receive: Receive) -> Reply:
    is_post = asked.method == "POST"
    # A key in the headers or the address spares reading the body of a request that is refused.
    early = protocol.key_of(asked) if not is_post or "authorization" in asked.headers else None
    key = None
    if early is not None:
        key = await front.keys.find(early)
        if key is None:
            return answers.UNKNOWN_KEY
        if wait := key.bucket.wait(time.monotonic()):
            return answers.too_many(wait)
    if is_post:
        front.inbox.check()
        body = unpacked(await front.bodies.read(receive, asked.headers), asked.headers)
        request = Request(
            asked.method,
            asked.path,
            asked.query,
            asked.headers,
            body,
            asked.received,
            asked.client,
            asked.scheme,
        )
    else:
        request = asked
    if (said := protocol.answer(request)) is not None:
        return said
    if key is None:
        late = protocol.key_of(request)
        key = await front.keys.find(late) if late is not None else None
        if key is None:
            return answers.UNKNOWN_KEY
        if wait := key.bucket.wait(time.monotonic()):
            return answers.too_many(wait)
    work = partial(_decoded, front, protocol, request, key)
    if len(request.body) > _DECODED_ASIDE:
        decoded, messages = await asyncio.get_running_loop().run_in_executor(None, work)
    else:
        decoded, messages = work()
    events = len(messages) + len(decoded.rejected) + sum(decoded.dropped.values())
    key.bucket.take(max(1, events) if is_post else events)
    if decoded.refusal is not None:
        return decoded.refusal
    if events:
        await _keep(front, protocol, request, key, decoded, messages)
    return protocol.reply(request, decoded)


def _decoded(
    front: Front, protocol: Protocol, request: Request, key: WriteKey
) -> tuple[Decoded, list[Message]]:
    """What the request holds, and which messages of it passed the pipeline."""
    try:
        decoded = protocol.decode(request)
        if decoded.refusal is not None:
            return decoded, []
        if key.own and _is_visitor(decoded, request) and key.own.holds(request.client):
            decoded.drop("own_traffic", len(decoded.candidates) + len(decoded.rejected))
            decoded.candidates.clear()
            decoded.rejected.clear()
            return decoded, []
        return decoded, pipeline.run(
            decoded, received=request.received, cookieless=_cookieless(front, request, key)
        )
    except Exception as error:
        # A fault of ours must cost neither the sender's data nor an answer; the message may hold personal data.
        logger.error("a request of %s could not be read: %s", protocol.name, _where(error))
        decoded = Decoded("matomo" if protocol.name == "matomo" else "segment")
        decoded.reject("unreadable", detail(Sentence.SERVER_FAILED), request.body or request.query)
        return decoded, []


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


async def _keep(
    front: Front,
    protocol: Protocol,
    request: Request,
    key: WriteKey,
    decoded: Decoded,
    messages: list[Message],
) -> None:
    """Put it into the inbox, and return when it is on the disk."""
    is_visitor = _is_visitor(decoded, request)
    for row in decoded.rejected:  # the same text sent to two workspaces is two rows
        row.id = hashlib.blake2b(row.id.encode(), digest_size=16, key=key.workspace.encode()).hexdigest()
    envelope = Envelope(
        workspace=key.workspace,
        origin=f"{decoded.origin_kind}/{key.number}",
        protocol=protocol.name,
        received=request.received,
        user_agent=request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT] if is_visitor else "",
        country=front.countries.country_of(request.client) if is_visitor else "",
        messages=messages,
        rejected=decoded.rejected,
        dropped=decoded.dropped,
    )
    await front.inbox.append(key.workspace, encoder.encode(envelope))
    front.counts.kept(len(messages), decoded.rejected, decoded.dropped)


def _is_visitor(decoded: Decoded, request: Request) -> bool:
    """Whether the visitor's own browser sent it. A server's library is not told by its address, nor by what it
    calls itself."""
    headers = request.headers
    return (
        decoded.origin_kind != "segment"
        or "origin" in headers
        or headers.get("user-agent", "").startswith("Mozilla/")
    )


def _cookieless(front: Front, request: Request, key: WriteKey) -> Callable[[], str | None] | None:
    """Makes the sender's id of the day where the owner has switched that on and the sender does not object."""
    headers = request.headers
    if not key.is_cookieless or headers.get("sec-gpc") == "1" or headers.get("dnt") == "1":
        return None
    user_agent = headers.get("user-agent", "")
    return lambda: front.daily_ids.id_of(key.workspace, request.client, user_agent)
