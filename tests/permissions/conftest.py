"""Two workspaces with one of everything in each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django_scopes import scope, scopes_disabled
from pytest_django import DjangoDbBlocker

from polku.accounts import domain as accounts
from polku.accounts.models import Membership, User, Workspace
from polku.analytics.annotations import add_annotation
from polku.analytics.explore import domain as explore
from polku.capture.domain import uploads
from polku.capture.imports.mapping import ColumnMapping, Inspection, Reading
from polku.capture.imports.mapping_json import to_json
from polku.capture.imports.options import ImportOptions
from polku.capture.models import ImportRun, RememberedMapping, Upload, UploadedPart
from polku.capture.uploads import files
from polku.decide.changing.goal_domain import set_goal
from polku.decide.customers.choosing import USUAL
from polku.decide.customers.keeping import count_customers
from polku.decide.losing.keeping import count_and_keep
from polku.decide.models import Alert
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import PERSON_BATCH, SIGNAL_BATCH, EventStore
from polku.eventstore.registry import use_store
from polku.eventstore.streams import InboxPlace
from polku.jobs.models import Job
from polku.journeys import domain as journeys
from polku.messaging.models import Suppression, WebhookDelivery, WebhookEndpoint
from polku.people import domain as people
from polku.surveys import domain as surveys
from polku.surveys.models import Response, Tag, TaggedResponse
from polku.surveys.moments.domain import Terms, create_moment
from polku.surveys.onsite.domain import add_web_link
from polku.surveys.tablets.domain import add_tablet
from tests.eventstore.streaming import digest, stream_batch

_NOT_COMPARED = {"sessions.Session", "contenttypes.ContentType", "auth.Permission"}


@dataclass(frozen=True)
class World:
    """One of everything in a workspace; every text in it starts with `mark`."""

    workspace: Workspace
    owner: User
    numbers: dict[str, int | str]
    mark: str


def build_world(store: EventStore, mark: str, *, couples: int = 1) -> World:
    """`couples` of customers who were joined into one: numbers of people count from 1 in every workspace."""
    owner = accounts.create_user(email=f"{mark}-omistaja@example.com", name=f"{mark} omistaja")
    workspace, *_keys = accounts.create_workspace(name=f"{mark} kauppa", owner=owner)
    rows = [
        {
            "message_id": f"{number:032x}",
            "kind": kind,
            "name": name,
            "time": datetime(2026, 3, 1, 12, number),
            "person": f"{mark}-asiakas-{number % 3}",
            "channel": f"{mark}-kanava",
            "url": f"https://{mark}.example/sivu",
            "text": f"{mark} kommentti" if kind == 2 else None,
            "score": 9.0 if kind == 2 else None,
            "scale_low": 0.0 if kind == 2 else None,
            "scale_high": 10.0 if kind == 2 else None,
            "properties": f'{{"{mark}-ominaisuus": "{mark}-arvo"}}',
        }
        for number, (kind, name) in enumerate([(1, f"{mark}-tapahtuma"), (2, "nps"), (3, f"{mark}-syy")] * 3)
    ]
    store.load_signals(workspace.key.hex, pa.Table.from_pylist(rows, schema=SIGNAL_BATCH), rules=[])
    journey = journeys.create_journey(workspace=workspace, name=f"{mark} polku", actor=owner)
    stage = journeys.add_stage(journey=journey, name=f"{mark} vaihe")
    touchpoint = journeys.add_touchpoint(stage=stage, name=f"{mark} piste")
    binding = journeys.add_binding(touchpoint=touchpoint, kind="event", names=[f"{mark}-tapahtuma"])
    journeys.add_binding(touchpoint=touchpoint, kind="score", names=["nps"])
    gone = journeys.add_stage(journey=journey, name=f"{mark} poistettu")
    deletion = journeys.delete_stage(stage=gone)
    rule = {"where": [{"property": f"{mark}-ominaisuus", "op": "eq", "value": f"{mark}-arvo"}]}
    segment = people.create_segment(workspace=workspace, name=f"{mark} segmentti", rule=rule)
    key, _text = accounts.create_api_key(
        workspace=workspace, kind="secret", name=f"{mark} avain", actor=owner
    )
    receive(store, workspace, f"segment/{key.pk}", mark)
    member = accounts.create_user(email=f"{mark}-jasen@example.com", name=f"{mark} jäsen")
    accounts.set_member(workspace=workspace, user=member, role="viewer", actor=owner)
    person, merge = join_couples(store, workspace.key.hex, mark, couples)
    question = explore.create_question(
        workspace=workspace,
        kind="funnel",
        name=f"{mark} haku",
        parameters=[("step", f"event:{mark}-tapahtuma"), ("step", f"touchpoint:{touchpoint.pk}")],
        owner=owner,
    )
    upload, run, mapping = bring_file(workspace, owner, mark)
    annotation = add_annotation(
        workspace=workspace, on=date(2026, 3, 1), text=f"{mark} kampanja", kind="campaign", actor=owner
    )
    survey = surveys.create_survey(
        workspace=workspace, template="nps", name=f"{mark} kysely", actor=owner, touchpoint=touchpoint
    )
    surveys.publish_survey(survey=survey, actor=owner)
    moment = create_moment(
        survey=survey, name=f"{mark} hetki", terms=Terms(trigger={"event": f"{mark}-tapahtuma"}), actor=owner
    )
    web = add_web_link(survey=survey, name=f"{mark} sivusto", actor=owner)
    tablet = add_tablet(survey=survey, name=f"{mark} tabletti", actor=owner)
    action = journeys.take_into_work(
        touchpoint=touchpoint,
        name=f"{mark} toimenpide",
        pain_key=f"{mark} kipukohta",
        estimate=None,
        owner=owner,
        due_on=date(2026, 3, 1),
        metric={"figure": "reached"},
        actor=owner,
    )
    with scope(workspace=workspace):
        response = Response.objects.create(
            workspace=workspace,
            survey=survey,
            version=survey.versions.get(),
            number=f"{mark:0>32}"[:32],
            state=Response.State.COMPLETED,
            language="fi",
            answers={"recommend": 9, "why": f"{mark} vastaus"},
            person=f"{mark}-vastaaja",
            started_at=datetime(2026, 3, 1, tzinfo=UTC),
            changed_at=datetime(2026, 3, 1, tzinfo=UTC),
            completed_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        tag = Tag.objects.create(workspace=workspace, name=f"{mark} tunniste")
        TaggedResponse.objects.create(workspace=workspace, tag=tag, response=response)
        suppression = Suppression.objects.create(
            workspace=workspace, digest=mark, masked=f"{mark}@example.com", reason="added"
        )
        webhook = WebhookEndpoint.objects.create(
            workspace=workspace, url=f"https://{mark}.example/hook", types=[], nonce=mark
        )
        delivery = WebhookDelivery.objects.create(
            workspace=workspace,
            endpoint=webhook,
            number=f"msg_{mark}",
            type="webhook.test",
            body="{}",
            state="failed",
            next_at=datetime(2026, 3, 1, tzinfo=UTC),
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        goal = set_goal(
            journey=journey, figure="reached", target=1, by=date.today() + timedelta(days=9), actor=owner
        )
        change = {"before": {"value": 0.8, "ci": None, "n": 40}, "after": {"value": 0.6, "ci": None, "n": 40}}
        alert = Alert.objects.create(
            workspace=workspace,
            journey=journey,
            touchpoint=touchpoint,
            figure="continued",
            on=date(2026, 3, 1),
            since=date(2026, 2, 20),
            change={**change, "difference": -0.2, "ci": [-0.3, -0.1]},
        )
        numbers = {
            "goal": goal.pk,
            "alert": alert.pk,
            "webhook": webhook.pk,
            "delivery": delivery.pk,
            "survey": survey.pk,
            "link": survey.links.filter(kind="open").get().pk,
            "response": response.pk,
            "suppression": suppression.pk,
            "moment": moment.pk,
            "web": web.pk,
            "tablet": tablet.pk,
            "annotation": annotation.pk,
            "question": question.pk,
            "upload": upload,
            "run": run,
            "mapping": mapping,
            "kind": "funnel",
            "file_format": "csv",
            "person": person,
            "merge": merge,
            "journey": journey.pk,
            "action": action.pk,
            "stage": stage.pk,
            "touchpoint": touchpoint.pk,
            "binding": binding.pk,
            "deletion": deletion.pk,
            "segment": segment.pk,
            "group": "loyal",
            "key": key.pk,
            "origin": f"segment-{key.pk}",
            "member": Membership.objects.get(user=member).pk,
        }
    # Counted beforehand: a look at a list that is not would ask for it.
    count_and_keep(workspace.pk, {"journey": journey.pk}, lambda *_progress: None)
    count_customers(workspace, USUAL)
    # Who looks at a list that was never counted asks for it; here it is there already.
    count_and_keep(workspace.pk, {"journey": journey.pk}, lambda done, total: None)
    return World(workspace, owner, numbers, mark)


def bring_file(workspace: Workspace, owner: User, mark: str) -> tuple[int, int, int]:
    """(upload, run, remembered mapping) of a file that was imported and of which a row was rejected."""
    upload = uploads.add_upload(
        workspace=workspace,
        content=SimpleUploadedFile(f"{mark}.csv", f"{mark}-otsikko;aika\n{mark}-raaka;?\n".encode()),
        actor=owner,
    )
    rejected = files.rejected_folder_of(upload)
    rejected.mkdir()
    (rejected / "rows.csv").write_text(f"line,reason,raw\n2,{mark}-syy,{mark}-raaka\n", encoding="utf-8")
    row = {"line": 2, "code": "bad_time", "reason": f"{mark}-syy", "column": "aika", "raw": f"{mark}-raaka"}
    (rejected / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    column = ColumnMapping(kind="events", options=ImportOptions(event="aika"), timezone="UTC")
    inspection = Inspection(Reading(), (), ((f"{mark}-raaka",),), (2,), (column,), (), mark)
    with scope(workspace=workspace):
        Job.objects.filter(workspace_id=workspace.pk).delete()  # nobody works here
        Upload.objects.filter(pk=upload.pk).update(state="done")
        part = UploadedPart.objects.create(
            workspace=workspace, upload=upload, number=0, inspection=to_json(inspection)
        )
        result = {"rows": 1, "accepted": 0, "known": 0, "rejected": 1, "rejected_file": "rows.csv"}
        run = ImportRun.objects.create(
            workspace=workspace, part=part, mapping=to_json(column), state="done", result=result
        )
        uploads.remember_mappings(part=part, name=f"{mark}.csv", mappings=[column])
        return upload.pk, run.pk, RememberedMapping.objects.get().pk


def join_couples(store: EventStore, key: str, mark: str, couples: int) -> tuple[int, int]:
    """(person, merge) of the last couple."""
    for number in range(couples):
        one, other = f"{mark}-pari-{number}", f"{mark}-toinen-{number}"
        for person, aliases in ((one, []), (other, []), (one, [other])):
            row = {"person": person, "aliases": aliases, "properties": None}
            store.load_people(key, pa.Table.from_pylist([row], schema=PERSON_BATCH))
    (row,) = store.find_people(key, search=f"{mark}-toinen-{couples - 1}").to_pylist()
    return row["person"], store.merges(key, row["person"])[0].merge


def receive(store: EventStore, workspace: Workspace, origin: str, mark: str) -> None:
    """One event, one drop and one bad row of a source."""
    now = datetime.now(UTC).replace(tzinfo=None)
    batch = stream_batch(
        [
            {
                "id": mark,
                "user": f"{mark}-asiakas-0",
                "name": f"{mark}-tapahtuma",
                "origin": origin,
                "time": now,
            }
        ],
        rejected=[
            {
                "id": digest(mark),
                "origin": origin,
                "reason": "not_json",
                "raw": f"{mark}-raaka",
                "received": now,
            }
        ],
        counts=[{"hour": now, "origin": origin, "reason": "bot", "count": 1}],
        received=now,
        place=InboxPlace(1, 1),
    )
    store.load_stream(workspace.key.hex, batch, rules=[])


@dataclass
class Worlds:
    """Both worlds, made once a module. The database gives each test what it was by itself; `put_back` does so with
    the signals."""

    folder: Path
    pristine: Path
    store: DuckDBStore
    ours: World
    theirs: World

    def __post_init__(self) -> None:
        # Closed, the files hold everything: a copy of them is the store.
        self.store.close()
        shutil.copytree(self.folder, self.pristine)
        self._open()

    def _open(self) -> None:
        self.store = DuckDBStore(self.folder)
        self._untouched = self._files()

    def _files(self) -> dict[Path, tuple[int, int]]:
        found = {path: path.stat() for path in self.folder.rglob("*") if path.is_file()}
        return {path: (state.st_mtime_ns, state.st_size) for path, state in found.items()}

    def put_back(self) -> None:
        """Undo what a test wrote into the store; any write shows in its files or their logs."""
        if self._files() == self._untouched:
            return
        self.store.close()
        shutil.rmtree(self.folder)
        shutil.copytree(self.pristine, self.folder)
        self._open()


@pytest.fixture(scope="module")
def worlds(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worlds]:
    """In a transaction around those of the tests, which is rolled back after the module's last."""
    home = tmp_path_factory.mktemp("worlds")
    with django_db_blocker.unblock(), transaction.atomic():
        store = DuckDBStore(home / "events")
        use_store(store)
        # What was made first has small numbers; the other world's then differ in every table.
        ours, theirs = build_world(store, "omamme"), build_world(store, "vieraan", couples=3)
        use_store(None)
        made = Worlds(home / "events", home / "pristine", store, ours, theirs)
        yield made
        made.store.close()
        transaction.set_rollback(True)


@pytest.fixture
def both(worlds: Worlds, db: None) -> Iterator[Worlds]:
    use_store(worlds.store)
    yield worlds
    use_store(None)
    worlds.put_back()


@pytest.fixture
def ours(both: Worlds) -> World:
    return both.ours


@pytest.fixture
def theirs(both: Worlds) -> World:
    return both.theirs


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def everything(both: Worlds) -> Callable[[], dict[str, Any]]:
    """All rows of all tables (but sessions), and the version of each workspace's signals."""
    quote = connection.ops.quote_name
    questions = {
        model._meta.label: f"SELECT * FROM {quote(model._meta.db_table)}"
        for model in apps.get_models()
        if model._meta.label not in _NOT_COMPARED
    }

    def read() -> dict[str, Any]:
        # Asked of the tables themselves: to make the same questions of models took most of these tests' time.
        with scopes_disabled(), connection.cursor() as cursor:
            rows = {
                label: sorted(map(str, cursor.execute(question).fetchall()))
                for label, question in questions.items()
            }
            versions = {each.slug: both.store.state(each.key.hex).version for each in Workspace.objects.all()}
        return rows | {"signals": versions}

    return read
