"""Questions that end early: cancelled, left alone by who asked, or over their time, in SQL and in Python."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation

from polku.eventstore import cancelling
from polku.eventstore.behaviour import FunnelQuestion, RetentionQuestion
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.middleware import EndsWithItsClient, asker_of, token_of
from polku.eventstore.port import Condition, QuestionTooSlow, Scope, Selector
from tests.eventstore.test_store_files import KEY, events

pytestmark = pytest.mark.contract

SLOW = [Selector(where=(Condition(f"name {number}", "contains", "x"),)) for number in range(200)]


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A store whose slow question takes many seconds."""
    store = DuckDBStore(tmp_path_factory.mktemp("busy"))
    store.create(KEY)
    store.load_signals(KEY, events(300_000), rules=[])
    yield store
    store.close()


def later(seconds: float, work) -> threading.Thread:
    thread = threading.Timer(seconds, work)
    thread.start()
    return thread


def test_a_question_is_stopped_by_its_token_and_the_next_is_answered(busy):
    found: list[bool] = []
    started = time.monotonic()
    with cancelling.asking("token-1"):
        thread = later(0.3, lambda: found.append(cancelling.cancel("token-1")))
        with pytest.raises(cancelling.QuestionCancelled):
            busy.preview(KEY, SLOW, Scope())
        with pytest.raises(cancelling.QuestionCancelled):  # nothing more begins for who has gone
            busy.preview(KEY, SLOW, Scope())
    thread.join()
    assert found == [True]
    assert time.monotonic() - started < 3
    assert cancelling.cancel("token-1") is False
    assert busy.preview(KEY, [Selector()], Scope()).signals == 300_000


def test_what_waits_for_a_place_is_stopped_too(tmp_path):
    instance = Instance(tmp_path)
    instance.create(KEY)
    with instance.question(KEY), instance.question(KEY):
        started = time.monotonic()
        with cancelling.asking() as asked:
            thread = later(0.2, asked.cancel)
            with pytest.raises(cancelling.QuestionCancelled), instance.question(KEY):
                pass
        thread.join()
        assert 0.15 < time.monotonic() - started < 2
    instance.close()


def test_a_write_is_not_cut_short(busy):
    with cancelling.asking() as asked:
        asked.cancel()
        assert busy.load_signals(KEY, events(10), rules=[]).known == 10


def test_python_that_looks_ends_at_its_time(tmp_path):
    instance = Instance(tmp_path, question_seconds=0.3)
    instance.create(KEY)
    started = time.monotonic()
    with pytest.raises(QuestionTooSlow), instance.question(KEY):
        while True:
            cancelling.check()
            time.sleep(0.01)
    assert 0.25 < time.monotonic() - started < 2
    cancelling.check()  # nobody asks here
    instance.close()


def test_counting_ends_at_its_time(tmp_path):
    """Signals of one instant that compete for steps are followed in plain Python, long after the last SQL."""
    count = 600_000
    chance = np.random.default_rng(1)
    rows = events(count)
    minutes = chance.integers(0, 400, count)
    columns = {
        "name": pa.array(np.array(["a", "b", "c"])[chance.integers(0, 3, count)]),
        "time": pa.array(np.datetime64("2026-03-01", "us") + minutes.astype("timedelta64[m]")),
        "person": pa.array([f"p{number}" for number in chance.integers(0, 600, count)]),
    }
    for name, column in columns.items():
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    store = DuckDBStore(tmp_path)
    store.create(KEY)
    store.load_signals(KEY, rows, rules=[])
    steps = (Selector(names=("a", "b")), Selector(names=("b", "c")), Selector(names=("a", "c"))) * 3
    store.retention(KEY, Scope(), RetentionQuestion(period="day", periods=2))  # reads what counting needs
    started = time.monotonic()
    with pytest.raises(QuestionTooSlow), cancelling.asking(seconds=0.6):
        store.funnel(KEY, Scope(), FunnelQuestion(steps))
    assert time.monotonic() - started < 3
    store.close()


def test_the_limit_of_a_question_of_several_parts_holds_for_all_of_them(tmp_path):
    instance = Instance(tmp_path)
    instance.create(KEY)
    started = time.monotonic()
    with pytest.raises(QuestionTooSlow), cancelling.asking(seconds=0.5):
        while True:
            with instance.question(KEY) as session:
                session.rows("SELECT count(*) FROM range(20_000_000) AS t(a) WHERE hash(a) = 0")
    assert 0.45 < time.monotonic() - started < 3
    instance.close()


def test_who_waited_for_others_has_the_whole_time_left(tmp_path):
    instance = Instance(tmp_path, question_seconds=0.5)
    instance.create(KEY)
    held = threading.Event()

    def hold() -> None:
        with instance.question(KEY), instance.question(KEY):
            held.set()
            time.sleep(0.4)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with cancelling.asking(seconds=0.5), instance.question(KEY):
        time.sleep(0.3)
        cancelling.check()
    thread.join()
    instance.close()


def test_a_client_that_leaves_takes_its_question_along(busy):
    """As a server tells it: the request, and later that the connection is gone."""
    ended: list[type[BaseException] | None] = []

    async def page(scope, receive, send) -> None:
        await receive()

        def view() -> None:
            try:
                busy.preview(KEY, SLOW, Scope())
            except cancelling.QuestionCancelled as error:
                ended.append(type(error))

        answering = asyncio.ensure_future(sync_to_async(view, thread_sensitive=False)())
        await receive()
        await answering

    async def connection() -> None:
        messages = iter([(0, {"type": "http.request"}), (0.3, {"type": "http.disconnect"})])

        async def receive():
            seconds, message = next(messages)
            await asyncio.sleep(seconds)
            return message

        await EndsWithItsClient(page)({"type": "http"}, receive, None)

    started = time.monotonic()
    asyncio.run(connection())
    assert ended == [cancelling.QuestionCancelled]
    assert time.monotonic() - started < 3


def test_only_the_session_that_asked_can_stop_it(owner_client, teammate):
    other = Client()
    other.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = RequestFactory().get("/")
    request.COOKIES = {settings.SESSION_COOKIE_NAME: owner_client.cookies[settings.SESSION_COOKIE_NAME].value}
    with cancelling.asking(token_of(request, "question-1")) as asked:
        assert other.post("/questions/cancel/", {"token": "question-1"}).status_code == 404
        assert not asked.is_cancelled
        assert owner_client.post("/questions/cancel/", {"token": "question-1"}).status_code == 204
        assert asked.is_cancelled
    assert owner_client.post("/questions/cancel/", {"token": "question-1"}).status_code == 404
    assert owner_client.post("/questions/cancel/", {"token": "x"}).status_code == 404
    assert owner_client.get("/questions/cancel/").status_code == 405


def test_nobody_passes_for_many_by_what_lets_nobody_in():
    def asker(path: str, **headers: str) -> str:
        request = RequestFactory().get(path, headers=headers)
        request.COOKIES = {settings.SESSION_COOKIE_NAME: "session"}
        return asker_of(request)

    assert asker("/w/x/explore/", authorization="one") == asker("/w/x/explore/", authorization="two")
    assert asker("/api/v1/query", authorization="Bearer sk_1") == asker(
        "/api/v1/query", authorization="bearer  sk_1 "
    )
    assert asker("/api/v1/query", authorization="Bearer sk_1") != asker("/api/v1/query")


@pytest.mark.parametrize(("language", "said"), [("en", "The question took"), ("fi", "Kysely kesti")])
def test_threads_that_count_tell_it_in_the_language_of_who_asked(busy, language, said):
    with (
        ThreadPoolExecutor(1) as pool,
        translation.override(language),
        cancelling.asking(seconds=0.05),
        busy._question(KEY, "a question") as question,
    ):
        time.sleep(0.06)
        with pytest.raises(QuestionTooSlow, match=said):
            pool.submit(question.pause).result()
