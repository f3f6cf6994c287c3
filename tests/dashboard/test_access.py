from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import itsdangerous.timed
import pytest
from flask import Flask

from dashboard.access import OPEN, Access, NotProtected, access_for, guard
from dashboard.attempts import Attempts
from dashboard.login import local_path
from dashboard.passwords import (
    BadPassword,
    hash_password,
    is_password,
    known_password,
    password_file,
    write_password,
)
from dashboard.security import protect

PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD)
PAGE = {"Accept": "text/html", "Host": "localhost"}
PROXY = Access("X-Forwarded-User", ("10.0.0.5", "172.16.0.0/12"))


def server(access):
    served = Flask("served")
    protect(served)
    guard(served, access)
    for path, text in {"/": "all of it", "/events": "events", "/assets/x.css": "style"}.items():
        served.add_url_rule(path, path, lambda text=text: text)
    served.add_url_rule("/_dash-update-component", "update", lambda: "{}", methods=["POST"])
    return served


@pytest.fixture
def client():
    return server(Access(password=HASHED)).test_client()


def form(client, **given):
    page = client.get("/login", headers=PAGE)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    return {"token": token, "next": "/", **given}


def sign_in(client, password=PASSWORD, *, address="192.0.2.1", headers=None, **given):
    return client.post(
        "/login",
        data=form(client, password=password, **given),
        headers=PAGE | (headers or {}),
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_this_machine_alone_needs_nothing(host):
    assert access_for(host) == OPEN
    assert access_for(host, password=HASHED) == OPEN
    assert server(OPEN).test_client().get("/", headers=PAGE).text == "all of it"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.example", ""])
def test_any_other_address_is_refused_without_protection_and_says_how(host):
    with pytest.raises(
        NotProtected, match=r"(?s)newsgauge password.*NEWSGAUGE_PASSWORD.*--trust-user-header.*--proxy"
    ):
        access_for(host)
    assert access_for(host, password=HASHED).password == HASHED
    assert access_for(host, user_header="X-User", proxies=("10.0.0.5",)).user_header == "X-User"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"user_header": "X-User"}, "--trust-user-header needs --proxy"),
        ({"user_header": "X User", "proxies": ("10.0.0.5",)}, "must be a header's name"),
        ({"user_header": "X-User", "proxies": ("proxy.example",)}, "--proxy must be an address"),
        ({"proxies": ("10.0.0.300",)}, "--proxy must be an address"),
        ({"ask": True}, "none is set"),
        ({"ask": True, "password": HASHED, "user_header": "X-User", "proxies": ("10.0.0.5",)}, "exclude"),
    ],
)
def test_what_cannot_protect_is_refused(given, message):
    with pytest.raises(NotProtected, match=message):
        access_for("127.0.0.1", **given)


@pytest.mark.parametrize(
    ("peer", "user", "status"),
    [
        ("10.0.0.5", "ada", 200),
        ("172.20.1.1", "ada", 200),
        ("::ffff:10.0.0.5", "ada", 200),
        ("10.0.0.5", "", 401),
        ("10.0.0.5", "  ", 401),
        ("10.0.0.5", None, 401),
        ("10.0.0.6", "ada", 403),
        ("127.0.0.1", "ada", 403),
        ("::1", "ada", 403),
    ],
)
def test_a_user_header_is_believed_from_the_proxy_only(peer, user, status):
    client = server(PROXY).test_client()
    headers = PAGE | ({"X-Forwarded-User": user} if user is not None else {})
    for path in ("/", "/assets/x.css"):
        assert client.get(path, headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code == status


def test_a_forged_forwarded_address_does_not_make_a_proxy():
    forged = PAGE | {"X-Forwarded-User": "ada", "X-Forwarded-For": "10.0.0.5", "Forwarded": "for=10.0.0.5"}
    answer = server(PROXY).test_client().get("/", headers=forged, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert answer.status_code == 403


def test_without_a_session_nothing_is_read(client):
    assert client.get("/", headers=PAGE).headers["Location"] == "/login"
    deep = client.get("/events?e=a&v=1", headers=PAGE)
    assert (deep.status_code, deep.headers["Location"]) == (303, "/login?next=%2Fevents%3Fe%3Da%26v%3D1")
    for path in ("/_dash-layout", "/assets/x.css", "/_report/x", "/login/x"):
        assert client.get(path, headers={"Host": "localhost"}).status_code == 401, path
    assert client.post("/_dash-update-component", json={}, headers={"Host": "localhost"}).status_code == 401
    assert client.get("/_alive", headers={"Host": "localhost"}).text == "ok"


def test_the_password_opens_and_signing_out_closes(client):
    answer = sign_in(client, next="/events?e=a")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/events?e=a")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("newsgauge_session="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    page = client.get("/", headers=PAGE)
    assert (page.text, page.headers["Cache-Control"]) == ("all of it", "no-store")
    kept = client.get_cookie("newsgauge_session").value
    out = client.get("/logout", headers=PAGE)
    token = re.search(r'name="token" value="([^"]+)"', out.text)[1]
    assert (
        client.post("/logout", data={"token": token}, headers=PAGE).headers["Location"].startswith("/login")
    )
    client.set_cookie("newsgauge_session", kept)  # a copy of the cookie is no way back
    assert client.get("/", headers=PAGE).status_code == 303


def test_the_login_page_asks_nobody_else_for_anything(client):
    page = client.get("/login?next=/events", headers=PAGE)
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} <= set(
        policy
    )
    assert not re.search(r"<script|src=|https?://|@import|url\(", page.text)
    assert 'name="next" value="/events"' in page.text


@pytest.mark.parametrize(
    "given", ["", "correct horse", PASSWORD + " ", PASSWORD.upper(), "x" * 5000, "\x00", "é" * 20]
)
def test_any_other_password_gets_the_same_answer(client, given):
    answer = sign_in(client, given)
    assert answer.status_code == 401
    assert "That is not the password." in answer.text
    assert client.get_cookie("newsgauge_session") is None


def test_brute_force_is_stopped_also_with_the_right_password(client):
    codes = [sign_in(client, f"guess number {n}").status_code for n in range(8)]
    assert codes == [401] * 5 + [429] * 3
    late = sign_in(client)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 900
    assert "Too many attempts. Try again in 15 minutes." in late.text
    assert sign_in(client, address="192.0.2.2").status_code == 303


def test_many_at_once_are_no_way_around_the_limit():
    attempts = Attempts(per_address=5)
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: attempts.wait("192.0.2.1"), range(200)))
    assert waits.count(0) == 5


@pytest.mark.slow
def test_an_address_cannot_be_forged_to_try_on(client):
    codes = [
        sign_in(client, "wrong", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(6)
    ]
    assert codes[-1] == 429


@pytest.mark.slow
def test_behind_a_proxy_the_address_is_what_the_proxy_wrote_last():
    client = server(Access(password=HASHED, proxies=("10.0.0.5",))).test_client()

    def attempt(n, seen):
        headers = {"X-Forwarded-For": f"203.0.113.{n}, {seen}", "X-Forwarded-Proto": "https"}
        return sign_in(client, "wrong", address="10.0.0.5", headers=headers)

    assert [attempt(n, "198.51.100.1").status_code for n in range(6)][-1] == 429
    assert attempt(9, "198.51.100.2").status_code == 401
    headers = {"X-Forwarded-For": "198.51.100.3", "X-Forwarded-Proto": "https"}
    cookies = sign_in(client, address="10.0.0.5", headers=headers).headers.getlist("Set-Cookie")
    assert "Secure" in next(one for one in cookies if one.startswith("newsgauge_session=")).split("; ")


def test_tries_are_limited_together_and_forgotten_with_time():
    clock = [0.0]
    attempts = Attempts(per_address=2, together=3, seconds=60, now=lambda: clock[0])
    assert [attempts.wait(f"192.0.2.{n}") for n in range(4)] == [0, 0, 0, 60]
    clock[0] = 59.5
    assert attempts.wait("192.0.2.9") == 1
    clock[0] = 60.0
    assert attempts.wait("192.0.2.9") == 0
    attempts.forgive("192.0.2.9")
    assert [attempts.wait("192.0.2.9") for _ in range(3)] == [0, 0, 60]


def test_a_network_of_ipv6_is_one_address():
    attempts = Attempts(per_address=1)
    assert attempts.wait("2001:db8::1") == 0
    assert attempts.wait("2001:db8::ffff:2") > 0
    assert attempts.wait("2001:db8:0:1::1") == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v[:-2] + ("A" if v[-2] != "A" else "B") + v[-1],  # some bits of the last one say nothing
        lambda v: "x" + v,
        lambda v: v.split(".")[0],
        lambda _: "",
        lambda _: "a.b.c",
    ],
)
def test_a_changed_cookie_is_no_session(client, change):
    sign_in(client)
    assert client.get("/", headers=PAGE).status_code == 200
    client.set_cookie("newsgauge_session", change(client.get_cookie("newsgauge_session").value))
    assert client.get("/", headers=PAGE).status_code == 303


def test_a_session_of_another_server_or_a_form_is_no_session(client):
    other = server(Access(password=HASHED)).test_client()
    sign_in(other)
    for foreign in (other.get_cookie("newsgauge_session").value, form(client)["token"]):
        client.set_cookie("newsgauge_session", foreign)
        assert client.get("/", headers=PAGE).status_code == 303


def test_a_session_ends_by_itself(client, monkeypatch):
    sign_in(client)
    now = time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 12 * 3600 - 60)
    assert client.get("/", headers=PAGE).status_code == 200
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 12 * 3600 + 60)
    assert client.get("/", headers=PAGE).status_code == 303


def test_a_form_of_another_site_signs_nobody_in(client):
    client.get("/login", headers=PAGE)
    stranger = server(Access(password=HASHED)).test_client()
    for token in ("", "x", form(stranger)["token"]):
        answer = client.post("/login", data={"token": token, "password": PASSWORD}, headers=PAGE)
        assert answer.status_code == 400
    fresh = client.application.test_client()  # a token without the cookie that it was given with
    answer = fresh.post("/login", data=form(client, password=PASSWORD), headers=PAGE)
    assert (answer.status_code, fresh.get_cookie("newsgauge_session")) == (400, None)


@pytest.mark.parametrize("path", ["/login", "/_dash-update-component"])
def test_what_another_site_sends_is_refused(client, path):
    data = form(client, password=PASSWORD)
    for sender in ("cross-site", "same-site"):
        answer = client.post(path, data=data, headers=PAGE | {"Sec-Fetch-Site": sender})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("/events?e=a&q=%22b%22", "/events?e=a&q=%22b%22"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        (" /events", "/"),
        ("events", "/"),
        ("", "/"),
        ("/logout", "/"),
        ("/login?next=/login", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(client, given, wanted):
    assert local_path(given) == wanted
    assert sign_in(client, next=given).headers["Location"] == wanted


def test_text_of_the_address_is_no_markup(client):
    page = client.get("/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", headers=PAGE).text
    assert "<script" not in page


def test_a_large_form_is_refused(client):
    assert sign_in(client, "x" * 30_000).status_code == 413


def test_a_password_is_kept_as_its_hash_only(tmp_path):
    path = tmp_path / "settings" / "password"
    write_password(path, PASSWORD)
    text = path.read_text()
    assert PASSWORD not in text
    assert re.fullmatch(r"scrypt:32768:8:1\$\w+\$[0-9a-f]+\n", text)
    assert path.stat().st_mode & 0o777 == 0o600
    known = known_password({"NEWSGAUGE_PASSWORD_FILE": str(path)})
    assert is_password(known, PASSWORD)
    assert not is_password(known, PASSWORD + "x")
    assert is_password(known_password({"NEWSGAUGE_PASSWORD": "another long one"}), "another long one")
    assert password_file({}).name == "password"


@pytest.mark.parametrize("given", ["", "short", "x" * 1025])
def test_a_short_password_is_not_taken(given, tmp_path):
    with pytest.raises(BadPassword, match="12 to 1,024 characters"):
        write_password(tmp_path / "password", given)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"secret in plain text", b"", b"\xff\xfe", b"md5$a$b"])
def test_a_file_without_a_hash_is_refused(tmp_path, content):
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(BadPassword, match="newsgauge password"):
        known_password({"NEWSGAUGE_PASSWORD_FILE": str(path)})
