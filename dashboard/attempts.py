"""How often a password may be tried: so often from one address, and so often from all together."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

__all__ = ["Attempts"]


class Attempts:
    """The tries of the last minutes; safe to share between threads.

    A try is counted before the password is looked at, so that many at once are no way around the limit. The limit for
    all together keeps who has many addresses from trying on; while it holds nobody can sign in, and who has is not
    disturbed.

    Args:
        per_address: tries from one address within `seconds`; of IPv6 the first 64 bits are one address.
        together: tries from all addresses within `seconds`.
        seconds: after which a try is forgotten.
        now: a clock in seconds.

    >>> attempts = Attempts(per_address=2, seconds=60, now=lambda: 0.0)
    >>> [attempts.wait("10.0.0.1"), attempts.wait("10.0.0.1"), attempts.wait("10.0.0.1"), attempts.wait("10.0.0.2")]
    [0, 0, 60, 0]
    """

    def __init__(
        self,
        *,
        per_address: int = 5,
        together: int = 60,
        seconds: float = 900,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_address, self._together, self._seconds, self._now = per_address, together, seconds, now
        self._tries: deque[tuple[float, str]] = deque()
        self._lock = Lock()

    def wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 is leave to try, and the try is counted."""
        source = _source(address)
        with self._lock:
            now = self._now()
            while self._tries and self._tries[0][0] <= now - self._seconds:
                self._tries.popleft()
            own = [moment for moment, other in self._tries if other == source]
            full = [own[-self._per_address]] if len(own) >= self._per_address else []
            full += [self._tries[-self._together][0]] if len(self._tries) >= self._together else []
            if full:
                return max(1, math.ceil(max(full) + self._seconds - now))
            self._tries.append((now, source))
            return 0

    def forgive(self, address: str) -> None:
        """Forget the tries of an address: it knew the password."""
        source = _source(address)
        with self._lock:
            self._tries = deque(one for one in self._tries if one[1] != source)


def _source(address: str) -> str:
    """What counts as one address: who has one of IPv6 has at least 2**64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
