"""Signing in and out, forgotten and new passwords."""

from __future__ import annotations

import re
import time

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from polku.accounts.models import User

PASSWORD = "metsäpolku-42"
NEW = "uusi-salasana-77"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_signing_in_leads_to_the_start_and_changes_the_session(client, owner):
    client.get("/accounts/login/")
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key
    response = sign_in(client, "OMISTAJA@example.com")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session.session_key != before
    assert is_signed_in(client)


def test_signing_in_leads_back_to_the_page_asked_for_but_never_to_another_site(client, owner):
    for target, expected in [("/account/", "/account/"), ("https://evil.example/", "/")]:
        response = client.post(
            "/accounts/login/", {"login": owner.email, "password": PASSWORD, "next": target}
        )
        assert response["Location"] == expected
        client.logout()


def test_signing_out_needs_a_post(client, owner):
    client.force_login(owner)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_closed_account_cannot_sign_in(client, owner):
    owner.is_active = False
    owner.save()
    sign_in(client, owner.email)
    assert not is_signed_in(client)


def test_nobody_can_sign_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"email": "x@example.com", "password1": NEW}).status_code == 404


def page_without_tokens(response) -> str:
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_known_and_unknown_addresses_look_the_same(client, owner):
    answers = [sign_in(client, email, "väärä-salasana") for email in (owner.email, "tuntematon@example.com")]
    assert answers[0].status_code == answers[1].status_code == 200
    assert page_without_tokens(answers[0]) == page_without_tokens(answers[1])


@pytest.mark.parametrize("email", ["omistaja@example.com", "tuntematon@example.com"])
def test_the_eleventh_wrong_password_is_told_to_wait(client, owner, email):
    codes = [sign_in(client, email, "väärä-salasana").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    response = sign_in(client, email)
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert "5 minuutin ajan" in response.content.decode()
    assert re.search(r"klo \d{1,2}\.\d\d", response.content.decode())


def test_a_right_password_does_not_use_up_the_attempts(client, owner):
    for _ in range(12):
        assert sign_in(client, owner.email).status_code == 302
        client.logout()


def test_a_new_password_ends_other_sessions_and_keeps_this_one(client, owner):
    other = Client()
    sign_in(other, owner.email)
    sign_in(client, owner.email)
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert response.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    "sent",
    [
        {"oldpassword": "väärä", "password1": NEW, "password2": NEW},
        {"oldpassword": PASSWORD, "password1": "lyhyt", "password2": "lyhyt"},
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "x"},
    ],
)
def test_a_wrong_change_of_password_changes_nothing(client, owner, sent):
    sign_in(client, owner.email)
    assert client.post("/accounts/password/change/", sent).status_code == 200
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_without_a_mail_server_the_page_says_what_to_do_instead(client, db):
    response = client.get("/accounts/password/reset/")
    assert "polku user password" in response.content.decode()
    client.post("/accounts/password/reset/", {"email": "omistaja@example.com"})
    assert mail.outbox == []


def link_in_mail() -> str:
    (message,) = mail.outbox
    found = re.search(r"http://testserver(\S+)", str(message.body))
    assert found is not None
    return found.group(1)


def set_password(client: Client, link: str):
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return page, client.post(address, {"password1": NEW, "password2": NEW})


@pytest.mark.parametrize(
    ("language", "subject"), [("fi", "Uusi salasana Polkuun"), ("en", "New password for Polku")]
)
def test_a_forgotten_password_is_reset_by_a_link_that_works_once(client, owner, settings, language, subject):
    settings.SENDS_MAIL = True
    client.cookies["django_language"] = language
    other = Client()
    sign_in(other, owner.email)
    response = client.post("/accounts/password/reset/", {"email": owner.email})
    assert (response.status_code, mail.outbox[0].subject) == (302, subject)
    link = link_in_mail()
    _page, answer = set_password(client, link)
    assert answer.status_code == 302
    assert not is_signed_in(other)
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    again = Client().get(link, follow=True)
    assert b'type="password"' not in again.content


def test_a_reset_for_an_unknown_address_looks_the_same_and_sends_nothing(client, owner, settings):
    settings.SENDS_MAIL = True
    known = client.post("/accounts/password/reset/", {"email": owner.email}, follow=True)
    mail.outbox.clear()
    unknown = client.post("/accounts/password/reset/", {"email": "tuntematon@example.com"}, follow=True)
    assert page_without_tokens(known) == page_without_tokens(unknown)
    assert mail.outbox == []


@pytest.mark.contract
def test_the_time_of_a_wrong_sign_in_tells_nothing_about_the_address(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.create_user("omistaja@example.com", PASSWORD)
    times: dict[str, list[float]] = {"omistaja@example.com": [], "tuntematon@example.com": []}
    for _ in range(5):
        for email, spent in times.items():
            start = time.perf_counter()
            sign_in(client, email, "väärä-salasana")
            spent.append(time.perf_counter() - start)
    known, unknown = (min(spent) for spent in times.values())
    assert 0.5 < known / unknown < 2
