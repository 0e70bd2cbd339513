"""C1 of the promised quality, for tablets: codes that live minutes, tokens that are kept as digests only."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from polku.accounts.models import AuditEntry
from polku.surveys.domain import delete_survey
from polku.surveys.models import Tablet
from polku.surveys.tablets.codes import ALPHABET, digest_of_code, new_code, plain
from polku.surveys.tablets.domain import (
    add_tablet,
    make_code,
    pair_tablet,
    restore_tablet,
    unpair_tablet,
    update_tablet,
)
from polku.surveys.tablets.queries import find_by_token


def post(client, name, body, token="", **headers):
    if token:
        headers["authorization"] = f"Bearer {token}"
    return client.post(f"/tablet/{name}", json.dumps(body), content_type="application/json", headers=headers)


def test_codes_have_six_letters_and_none_that_looks_like_another():
    codes = {new_code() for _ in range(500)}
    assert len(codes) > 495
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) == set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL2Z5S6G8BV")
    assert plain(" acd-efh ") == "ACDEFH"


def test_a_code_pairs_once_and_the_token_is_kept_only_as_a_digest(client, survey):
    tablet = add_tablet(survey=survey, name="Ovi", actor=None)
    code = make_code(tablet=tablet, actor=None)
    answer = post(client, "pair", {"code": f"{code[:3].lower()} {code[3:]}"})
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert len(token) == 32
    with scopes_disabled():
        row = Tablet.objects.get()
        kept = str(Tablet.objects.values()) + str(list(AuditEntry.objects.values()))
    assert token not in kept and code not in kept
    assert (row.code_digest, row.code_until) == ("", None)
    assert find_by_token(token) == row
    assert post(client, "pair", {"code": code}).status_code == 404


def test_all_wrong_codes_look_alike_and_tries_are_limited(client, survey):
    tablet = add_tablet(survey=survey, name="Ovi", actor=None)
    old = make_code(tablet=tablet, actor=None)
    new = make_code(tablet=tablet, actor=None)  # the earlier one is void
    with scopes_disabled():
        Tablet.objects.update(code_until=timezone.now() - timedelta(seconds=1))
    wrongs = [post(client, "pair", {"code": code}) for code in (old, new, "AAAAAA", "", "\0", "A" * 500)]
    assert {answer.status_code for answer in wrongs} == {404}
    assert len({answer.content for answer in wrongs}) == 1
    with scopes_disabled():
        Tablet.objects.update(code_until=timezone.now() + timedelta(minutes=9))
    codes = [post(client, "pair", {"code": "CCCCCC"}).status_code for _ in range(6)]
    assert codes == [404] * 4 + [429] * 2
    assert post(client, "pair", {"code": new}).status_code == 429  # the right one waits as well


def test_wrong_tokens_look_alike_and_are_limited(client, paired):
    _tablet, token = paired
    answers = [
        post(client, "setup", {}, wrong) for wrong in ("", "x", token[:-1] + "x", "ä" * 30, "x" * 5_000)
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    codes = [post(client, "setup", {}, "x" * 32).status_code for _ in range(26)]
    assert codes == [401] * 25 + [429]


@pytest.mark.parametrize("name", ["pair", "setup", "answers"])
def test_another_site_and_a_form_are_refused(client, paired, name):
    assert post(client, name, {}, paired[1], origin="https://evil.example").status_code == 403
    assert client.post(f"/tablet/{name}", {"code": "x"}).status_code == 403
    assert post(client, name, [], paired[1]).status_code == 400
    too_long = {"code": "x" * 600_000}
    assert post(client, name, too_long, paired[1]).status_code == 413


def test_another_device_takes_the_place_of_the_first(survey, paired):
    tablet, first = paired
    _tablet, second = pair_tablet(code=make_code(tablet=tablet, actor=None))
    assert find_by_token(first) is None
    assert find_by_token(second) == tablet


def test_unpairing_is_undone_with_the_same_token(workspace, paired):
    tablet, token = paired
    assert unpair_tablet(tablet=tablet, actor=None) is not None
    assert unpair_tablet(tablet=tablet, actor=None) is None
    assert find_by_token(token) is None
    restored = restore_tablet(workspace=workspace, tablet=tablet.pk, actor=None)
    assert restored == find_by_token(token)
    assert restore_tablet(workspace=workspace, tablet=tablet.pk, actor=None) is None


def test_names_tell_tablets_apart(workspace, survey, paired):
    tablet, _token = paired
    with pytest.raises(ValidationError):
        add_tablet(survey=survey, name=" Tampere,  ovi ", actor=None)
    other = add_tablet(survey=survey, name="Oulu", actor=None)
    with pytest.raises(ValidationError):
        update_tablet(tablet=other, name="Tampere, ovi", hours={}, actor=None)
    unpair_tablet(tablet=tablet, actor=None)
    update_tablet(tablet=other, name="Tampere, ovi", hours={}, actor=None)
    with pytest.raises(ValidationError):
        restore_tablet(workspace=workspace, tablet=tablet.pk, actor=None)


def test_a_deleted_survey_takes_its_tablets_out_of_use(survey, paired):
    tablet, token = paired
    code = make_code(tablet=tablet, actor=None)
    delete_survey(survey=survey, actor=None)
    assert find_by_token(token) is None
    assert pair_tablet(code=code) is None
    with scope(workspace=survey.workspace):
        assert Tablet.objects.get().code_digest == digest_of_code(code)
