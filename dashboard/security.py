"""What a response allows the browser to do, and which names the server answers to.

Nothing of a page comes from elsewhere and nothing goes there; text of records is never markup. The name check keeps
other sites from reading the page through a name of their own that points to this machine.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re

from flask import Flask, Response, abort, request

__all__ = ["LOOPBACK", "content_policy", "is_allowed_host", "protect"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FORMS = frozenset({"/login", "/logout"})
_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def protect(server: Flask) -> None:
    """Check the name of every request and put the headers on every response; answer pages that wait for the server.

    The names are those of this machine's loopback, ``server.config["NEWSGAUGE_HOST"]``, the address that it is served
    on, and ``server.config["NEWSGAUGE_NAMES"]``, names that others reach it by.
    """
    server.config.setdefault("NEWSGAUGE_HOST", "127.0.0.1")
    server.config.setdefault("NEWSGAUGE_NAMES", ())

    @server.before_request
    def check_host() -> None:
        names = (server.config["NEWSGAUGE_HOST"], *server.config["NEWSGAUGE_NAMES"])
        if not any(is_allowed_host(request.host, name) for name in names):
            abort(400, "Newsgauge does not answer to this name; start it with --name and that name.")

    @server.before_request
    def check_sender() -> None:
        """Other sites may lead here, and may send nothing: browsers say where a request comes from."""
        sender = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method not in {"GET", "HEAD"} and sender not in {"same-origin", "none"}:
            abort(403, "Newsgauge takes nothing that another site sends.")

    @server.get("/_alive")
    def alive() -> str:
        return "ok"

    @server.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        is_page = response.mimetype == "text/html" and not response.direct_passthrough
        response.headers["Content-Security-Policy"] = content_policy(
            response.get_data() if is_page else b"", forms=request.path in _FORMS
        )
        return response


def content_policy(page: bytes, *, forms: bool = False) -> str:
    """The Content Security Policy of a response: scripts of ours and those inline that are in it, by their hash.

    Args:
        page: the response.
        forms: whether it may send a form, to this server.

    >>> content_policy(b"<script>run()</script>").split("; ")[1]
    "script-src 'self' 'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"
    """
    inline = [m["code"] for m in _SCRIPT.finditer(page) if b"src=" not in m["attributes"]]
    hashes = dict.fromkeys(base64.b64encode(hashlib.sha256(code).digest()).decode() for code in inline)
    scripts = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    return "; ".join((
        "default-src 'none'",
        f"script-src {scripts}",
        "style-src 'self' 'unsafe-inline'",  # the components set styles on elements
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'" if forms else "form-action 'none'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


def is_allowed_host(header: str, served: str) -> bool:
    """Whether a Host header names this machine: loopback, the address served on, or any address in digits there.

    >>> [is_allowed_host(name, "127.0.0.1") for name in ("localhost:8050", "[::1]:8050", "evil.example", "")]
    [True, True, False, False]
    >>> is_allowed_host("192.168.1.7:8050", "0.0.0.0"), is_allowed_host("evil.example", "0.0.0.0")
    (True, False)
    """
    match = re.fullmatch(r"\[([0-9a-fA-F:.]+)\](?::[0-9]+)?|([^:\[\]]+)(?::[0-9]+)?", header)
    name = (match[1] or match[2]).lower().rstrip(".") if match else ""
    if name in LOOPBACK or (name and name == served.lower()):
        return True
    if served in LOOPBACK:
        return False
    try:  # another site can point its name to this machine, but not its address
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
