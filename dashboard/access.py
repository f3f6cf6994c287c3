"""Who may read a dashboard: everybody on this machine, whoever a reverse proxy names, or who knows the password."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, Request, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from analysis.errors import NewsgaugeError
from dashboard.login import Login, Sessions
from dashboard.security import LOOPBACK

__all__ = ["OPEN", "Access", "NotProtected", "access_for", "guard"]

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_HOW = """cannot serve on {host} without knowing who reads: everybody who reaches it would. Either
  set a password with: newsgauge password
    (or in NEWSGAUGE_PASSWORD, or its hash in the file NEWSGAUGE_PASSWORD_FILE), then serve again; or
  let a reverse proxy sign people in: --trust-user-header X-Forwarded-User --proxy ADDRESS-OF-THE-PROXY; or
  serve on this machine only, which is what you get without --host."""


class NotProtected(NewsgaugeError):
    """The dashboard would be open to others, or what should protect it cannot; says how it can be."""


@dataclass(frozen=True)
class Access:
    """Who may read; everybody where nothing is given.

    Attributes:
        user_header: header in which a reverse proxy names the user; requests without it, or from elsewhere, are
            refused.
        proxies: addresses or networks of the reverse proxy. Only from them is it believed whom a request is from.
        password: scrypt hash of the password that is asked for, from `dashboard.passwords`.

    Raises:
        NotProtected: a header without a proxy's address, both a header and a password, or a value that is neither.

    >>> Access(user_header="X-Forwarded-User")
    Traceback (most recent call last):
    ...
    dashboard.access.NotProtected: --trust-user-header needs --proxy, the address of the proxy that sets it
    """

    user_header: str = ""
    proxies: tuple[str, ...] = ()
    password: str = ""

    def __post_init__(self) -> None:
        if self.user_header and not _HEADER.fullmatch(self.user_header):
            raise NotProtected(
                f"--trust-user-header must be a header's name such as X-Forwarded-User; got {self.user_header!r:.80}"
            )
        if self.user_header and not self.proxies:
            raise NotProtected("--trust-user-header needs --proxy, the address of the proxy that sets it")
        if self.user_header and self.password:
            raise NotProtected(
                "--trust-user-header and --password exclude each other; the proxy asks for one"
            )
        for proxy in self.proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise NotProtected(
                    f"--proxy must be an address such as 10.0.0.5 or a network such as 10.0.0.0/24; got {proxy!r:.80}"
                ) from None

    def is_proxy(self, address: str | None) -> bool:
        """Whether an address is the reverse proxy's.

        >>> Access(proxies=("10.0.0.5",)).is_proxy("::ffff:10.0.0.5")
        True
        """
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(parsed in ipaddress.ip_network(proxy) for proxy in self.proxies)


OPEN = Access()
"""Everybody who reaches the server may read."""


def access_for(
    host: str, *, user_header: str = "", proxies: Sequence[str] = (), password: str = "", ask: bool = False
) -> Access:
    """Who may read a dashboard that is served on an address.

    Args:
        host: the address; any but loopback demands a user header or a password.
        user_header: see `Access`.
        proxies: see `Access`.
        password: hash of the password that has been set; empty where there is none.
        ask: ask for the password on loopback too.

    Raises:
        NotProtected: others could read it, or the password is asked for and none is set.

    >>> access_for("127.0.0.1") == OPEN
    True
    >>> str(access_for("192.168.1.7", password="scrypt:...").password)
    'scrypt:...'
    """
    if ask and not password:
        raise NotProtected("--password asks for a password and none is set; set it with: newsgauge password")
    needed = ask or (not _is_loopback(host) and not user_header)
    if needed and not password:
        raise NotProtected(_HOW.format(host=host))
    return Access(user_header, tuple(proxies), password if needed else "")


def guard(server: Flask, access: Access) -> None:
    """Let only those read who may: put before every request of the server, its assets included."""
    if access.user_header:
        _ask_proxy(server, access)
    elif access.password:
        _ask_password(server, access)


def _ask_proxy(server: Flask, access: Access) -> None:
    @server.before_request
    def check_proxy() -> None:
        if not access.is_proxy(request.remote_addr):
            abort(403, "Newsgauge is read through its proxy only.")
        if not request.headers.get(access.user_header, "").strip():
            abort(401, "The proxy named no user.")

    _keep_out_of_caches(server)


def _ask_password(server: Flask, access: Access) -> None:
    secret = secrets.token_bytes(32)  # of this process: whoever is signed in is so until it ends
    sessions = Sessions(secret)
    login = Login(access.password, sessions, secret, lambda: _client(request, access))
    login.register(server)

    @server.before_request
    def check_session() -> AnyResponse | None:
        if request.path in {"/login", "/_alive"} or sessions.holds(request):
            return None
        reads_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if not reads_page:
            abort(401, "Sign in first.")
        wanted = request.full_path.rstrip("?")
        return redirect("/login" if wanted == "/" else f"/login?{urlencode({'next': wanted})}", 303)

    _keep_out_of_caches(server)


def _client(asked: Request, access: Access) -> tuple[str, bool]:
    """Address of whom a request is from, and whether it came encrypted: as the proxy says, where it is the proxy's."""
    peer = asked.remote_addr or ""
    if not access.is_proxy(peer):
        return peer, asked.is_secure
    # A proxy writes what it saw at the end; what stands before it anybody can have written.
    address = asked.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or peer
    scheme = asked.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip()
    return address, scheme == "https"


def _keep_out_of_caches(server: Flask) -> None:
    @server.after_request
    def no_store(response: Response) -> Response:
        if not request.path.startswith(("/assets/", "/_dash-component-suites/")):
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_loopback(host: str) -> bool:
    try:
        return host in LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
