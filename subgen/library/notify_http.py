"""Telling of files over HTTP: requests that are never redirected, and webhooks."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from subgen import __version__
from subgen.errors import OptionError
from subgen.library.notify import Notice, Undelivered
from subgen.types import Seconds

TIMEOUT: Seconds = 10.0
"""for each step of a request"""
LARGEST = 4 << 20
"""bytes of an answer that are read"""
_AGAIN = frozenset({408, 425, 429})
"""answers of the client's kind (4xx) after which another try may help, as after all of the server's kind (5xx)"""


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address."""

    url: str

    @classmethod
    def read(cls, text: str, flag: str) -> Address:
        """Checks an address that a flag was given. Raises OptionError."""
        try:
            parts = urlsplit(text)
            fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            fine = False
        if not fine or not text.isascii() or not text.isprintable() or " " in text:
            raise OptionError(f"{flag} takes an address that begins with http:// or https:// and names a host.")
        if "@" in parts.netloc:
            raise OptionError(f"{flag}: a name and a password in an address are not sent; leave them out.")
        return cls(text)

    @property
    def place(self) -> str:
        """Scheme and host: what follows them may be a secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def below(self, path: str) -> Address:
        """The address of something below this one."""
        return Address(self.url.rstrip("/") + path)


def request(address: Address, headers: Mapping[str, str], body: object = None, timeout: Seconds = TIMEOUT) -> bytes:
    """Sends a POST with a JSON body, or a GET where there is none, and returns the answer. Raises Undelivered."""
    data = None if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    own = {"User-Agent": f"subgen/{__version__}", "Accept": "application/json"}
    asked = urllib.request.Request(address.url, data, {**own, **kind, **headers})
    try:
        with _OPENER.open(asked, timeout=timeout) as answer:
            found: bytes = answer.read(LARGEST)
            return found
    except urllib.error.HTTPError as error:
        error.close()
        raise Undelivered(_refusal(address, error.code), again=error.code in _AGAIN or error.code >= 500) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        raise Undelivered(f"{address.place} can't be reached: {text.rstrip('.')}.", again=True) from None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST with a JSON body to an address, one for every file that is done or has failed."""

    address: Address
    most: int = field(init=False, default=1)

    @property
    def name(self) -> str:
        """Its host."""
        return self.address.place

    def send(self, notices: Sequence[Notice]) -> None:
        """One request. Raises Undelivered."""
        for notice in notices:
            request(self.address, {}, notice.values())

    def stop(self) -> None:
        """A request ends by its time-out, and no process waits for its thread."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: tokens and file names go to the host that the user has named, by the scheme named."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(_Straight)


def _refusal(address: Address, code: int) -> str:
    if 300 <= code < 400:
        return f"{address.place} answers with a redirect ({code}), which is not followed: give the address it leads to."
    return f"{address.place} answers with {code}."
