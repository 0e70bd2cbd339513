"""Who was invited long ago is forgotten; that somebody was stays counted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_scopes import scope

from polku.surveys.inviting import domain, due
from polku.surveys.inviting.forgetting import forget_invited
from polku.surveys.inviting.texts import make_email_link
from polku.surveys.models import Invitation


def test_only_what_is_old_and_over_is_emptied(survey):
    with scope(workspace=survey.workspace):
        link = make_email_link(survey)
        for name, state, age in (
            ("old", Invitation.State.SENT, 401),
            ("young", Invitation.State.SENT, 399),
            ("waiting", Invitation.State.WAITING, 500),
            ("skipped", Invitation.State.SKIPPED, 401),
        ):
            invitation = domain.invite(
                survey=survey,
                link=link,
                email=f"{name}@example.com",
                person=name,
                person_kind="user",
                order="A-1",
                known={"first_name": "Maija"},
                fields={"store": "Oulu"},
            )
            Invitation.objects.filter(pk=invitation.pk).update(
                state=state, created_at=timezone.now() - timedelta(days=age)
            )
    assert forget_invited() == 2
    assert forget_invited() == 0
    with scope(workspace=survey.workspace):
        kept = {row.email: row for row in Invitation.objects.all()}
        assert sorted(kept) == ["", "waiting@example.com", "young@example.com"]
        empty = kept[""]
        assert (empty.person, empty.person_kind, empty.order, empty.known, empty.fields) == (
            "",
            "",
            "",
            {},
            {},
        )
        assert kept["young@example.com"].known == {"first_name": "Maija"}
        assert Invitation.objects.filter(state=Invitation.State.SENT).count() == 2


def test_without_a_mail_server_nobody_is_asked_yet(survey, settings):
    settings.SENDS_MAIL = False
    with scope(workspace=survey.workspace):
        invitation = domain.invite(survey=survey, link=make_email_link(survey), email="maija@example.com")
        due.look_for_due()
        due.work(survey.workspace_id, {}, lambda done, total: None)
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.WAITING
        assert invitation.digest is None
