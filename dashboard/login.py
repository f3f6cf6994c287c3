"""Signing in with the password and out again: two small pages of plain HTML, and the cookie that remembers it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from threading import Lock

from flask import Flask, Request, make_response, redirect, render_template_string, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from dashboard.attempts import Attempts
from dashboard.passwords import is_password

__all__ = ["Login", "Sessions", "local_path"]

_HOURS = 12  # a session; a working day
_FORM_SECONDS = 3600
_COOKIE, _FORM_COOKIE = "newsgauge_session", "newsgauge_form"
_MOST_BYTES = 20_000  # of a form
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ title }} – Newsgauge</title>
<style>
:root { --paper: #fdfcf9; --ink: #1b1d21; --muted: #5c6068; --line: #767a82; --accent: #0072b2; --on: #fff;
  --warn: #9a3412; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #e8e6e1; --muted: #a3a6ac; --line: #858a92;
  --accent: #7fc1ec; --on: #15171a; --warn: #f0a07a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
main { width: min(360px, 100vw - 32px); }
h1 { font: 600 28px/1.2 Georgia, "Noto Serif", "Liberation Serif", serif; margin: 0 0 4px; }
p { margin: 0 0 24px; color: var(--muted); }
.wrong { color: var(--warn); margin: 16px 0 0; }
label { display: block; font-size: 14px; margin-bottom: 4px; }
input { width: 100%; font: inherit; padding: 8px 10px; border: 1px solid var(--line); border-radius: 2px;
  background: none; color: inherit; }
button { margin-top: 16px; width: 100%; font: inherit; padding: 8px; border: 0; border-radius: 2px; cursor: pointer;
  background: var(--accent); color: var(--on); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>Newsgauge</h1>
<p>{{ text }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="token" value="{{ token }}">
{% if asks %}<input type="hidden" name="next" value="{{ next }}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required autofocus
{%- if wrong %} aria-describedby="wrong"{% endif %}>{% endif %}
<button type="submit">{{ button }}</button>
</form>
{% if wrong %}<div class="wrong" id="wrong" role="alert">{{ wrong }}</div>{% endif %}
</main>
</body>
</html>
"""


class Sessions:
    """Who is signed in: a signed cookie that ends by itself, or when its owner signs out."""

    def __init__(self, secret: bytes) -> None:
        self._signer = _signer(secret, "session")
        self._ended: dict[str, float] = {}
        self._lock = Lock()

    def holds(self, asked: Request) -> bool:
        """Whether a request comes with a session."""
        return self._key(asked) is not None

    def begin(self, response: Response, *, encrypted: bool) -> None:
        """Give a session to whom a response goes to."""
        token = str(self._signer.dumps(secrets.token_urlsafe(16)))
        _set_cookie(response, _COOKIE, token, seconds=_HOURS * 3600, encrypted=encrypted)

    def end(self, asked: Request, response: Response) -> None:
        """End the session of a request, wherever else its cookie is kept."""
        key, now = self._key(asked), time.time()
        with self._lock:
            self._ended = {one: until for one, until in self._ended.items() if until > now}
            if key is not None:
                self._ended[key] = now + _HOURS * 3600
        response.delete_cookie(_COOKIE)

    def _key(self, asked: Request) -> str | None:
        try:
            key = self._signer.loads(asked.cookies.get(_COOKIE, ""), max_age=_HOURS * 3600)
        except BadSignature:
            return None
        return None if key in self._ended else str(key)


class Login:
    """The pages /login and /logout.

    Args:
        hashed: hash of the password.
        sessions: who is signed in.
        secret: signs the forms.
        client: address of whom the current request is from, and whether it came encrypted.
        attempts: how often the password may be tried.
    """

    def __init__(
        self,
        hashed: str,
        sessions: Sessions,
        secret: bytes,
        client: Callable[[], tuple[str, bool]],
        attempts: Attempts | None = None,
    ) -> None:
        self._hashed, self._sessions, self._client = hashed, sessions, client
        self._forms = _signer(secret, "form")
        self._attempts = attempts or Attempts()

    def register(self, server: Flask) -> None:
        """Answer to the addresses of the two pages."""
        server.add_url_rule("/login", "login", self._login, methods=["GET", "POST"])
        server.add_url_rule("/logout", "logout", self._logout, methods=["GET", "POST"])

    def _login(self) -> Response:
        request.max_content_length = _MOST_BYTES
        wanted = local_path(request.values.get("next", ""))
        if request.method == "GET":
            return redirect(wanted, 303) if self._sessions.holds(request) else self._form("", 200, wanted)
        if not self._is_ours():
            return self._form("The form was too old, or cookies are refused. Try again.", 400, wanted)
        address, encrypted = self._client()
        seconds = self._attempts.wait(address)
        if seconds:
            minutes = -(-seconds // 60)
            text = f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
            response = self._form(text, 429, wanted)
            response.headers["Retry-After"] = str(seconds)
            return response
        if not is_password(self._hashed, request.form.get("password", "")):
            return self._form("That is not the password.", 401, wanted)
        self._attempts.forgive(address)
        response = redirect(wanted, 303)
        self._sessions.begin(response, encrypted=encrypted)
        response.delete_cookie(_FORM_COOKIE)
        return response

    def _logout(self) -> Response:
        if request.method == "GET" or not self._is_ours():
            text = "You are signed in on this device."
            return self._page(title="Sign out", text=text, button="Sign out", action="/logout")
        response = redirect("/login", 303)
        self._sessions.end(request, response)
        return response

    def _form(self, wrong: str, status: int, wanted: str) -> Response:
        text = "This dashboard asks for its password."
        response = self._page(
            title="Sign in", text=text, button="Sign in", action="/login", asks=True, wrong=wrong, next=wanted
        )
        response.status_code = status
        return response

    def _page(self, **said: object) -> Response:
        """A form that is only taken back from the browser that it was given to."""
        nonce = secrets.token_urlsafe(16)
        response = make_response(render_template_string(_PAGE, token=self._forms.dumps(nonce), **said))
        _set_cookie(response, _FORM_COOKIE, nonce, seconds=_FORM_SECONDS, encrypted=self._client()[1])
        return response

    def _is_ours(self) -> bool:
        try:
            nonce = str(self._forms.loads(request.form.get("token", ""), max_age=_FORM_SECONDS))
        except BadSignature:
            return False
        return hmac.compare_digest(nonce.encode(), request.cookies.get(_FORM_COOKIE, "").encode())


def local_path(text: str) -> str:
    r"""An address of this server as given; the first page where it would lead elsewhere.

    >>> [local_path(one) for one in ("/events?e=a", "//evil.example", "https://evil.example", "/\\evil", "/login")]
    ['/events?e=a', '/', '/', '/', '/']
    """
    is_ours = re.fullmatch(r"/(?!/)[!-\[\]-~]*", text) and not re.match(r"/log(in|out)\b", text)
    return text if is_ours else "/"


def _signer(secret: bytes, purpose: str) -> URLSafeTimedSerializer:
    """Signs what a browser keeps for us; what was signed for one purpose is worth nothing for another."""
    return URLSafeTimedSerializer(secret, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def _set_cookie(response: Response, name: str, value: str, *, seconds: int, encrypted: bool) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Strict", secure=encrypted)
