"""Where a scheduler listens, and what it is called there; no Dask is needed to say it."""

from __future__ import annotations

import socket
from pathlib import Path

from subgen.errors import OptionError
from subgen.types import Seconds

PORT = 8786
"""Dask's own"""
LOOPBACK = "127.0.0.1"
RESOURCE = "subgen {}"
"""what a worker offers once: files go to workers of the client's version only, and one at a time"""
_SCHEMES = ("tcp", "tls")


def address_of(text: str, tls: Path | None) -> str:
    """A scheduler's address in full, from "gauss", "gauss:8786" or "tls://gauss:8786". Raises OptionError."""
    wanted = _SCHEMES[tls is not None]
    scheme, separator, place = text.rpartition("://")
    host, _, port = place.rpartition(":") if _has_port(place) else (place, "", str(PORT))
    if (separator and scheme not in _SCHEMES) or not host or not port.isdecimal():
        raise OptionError(
            f"The scheduler's address {text!r} makes no sense: give tcp://HOST:{PORT}, or tls:// for TLS."
        )
    if separator and scheme != wanted:
        remedy = "add --tls FOLDER" if scheme == "tls" else f"with --tls it is tls://{place}"
        raise OptionError(f"The scheduler's address {text} does not fit the other flags: {remedy}.")
    return f"{wanted}://{host}:{port}"


def parts(address: str) -> tuple[str, int]:
    """Host and port of a full address."""
    host, _, port = address.partition("://")[2].rpartition(":")
    return host.strip("[]"), int(port)


def answers(address: str, patience: Seconds) -> bool:
    """Whether somebody listens at a full address."""
    try:
        socket.create_connection(parts(address), timeout=patience).close()
    except OSError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _has_port(place: str) -> bool:
    """Whether a host is followed by a port; an IPv6 address in brackets has colons of its own."""
    return ":" in place.rpartition("]")[2]
