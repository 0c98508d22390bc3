"""Media servers that look at a film again once its subtitles are there.

Sources: Jellyfin's API, operation PostUpdatedMedia, and its page on authorization; the Plex Media Server API,
"Get All Libraries" and "Refresh Section".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from subgen.errors import OptionError
from subgen.library.notify import Channel, Notice, Undelivered
from subgen.library.notify_http import Address, request
from subgen.library.work import End

TOKENS = {"jellyfin": "SUBGEN_JELLYFIN_TOKEN", "plex": "SUBGEN_PLEX_TOKEN"}
"""The environment variables that hold the tokens: command lines can be read by everybody on a machine."""

MOST = 50
"""files in one request, or whose folders are gone through together"""
Maps = tuple[tuple[Path, str], ...]
"""(folder here, the same folder as the server knows it) pairs"""


def server(text: str, environment: Mapping[str, str], maps: Maps = ()) -> Channel:
    """The server of --refresh KIND=ADDRESS. Raises OptionError, also when there is no token for it."""
    kind, _, url = text.partition("=")
    if kind not in TOKENS:
        raise OptionError(f"--refresh takes {' or '.join(f'{name}=ADDRESS' for name in TOKENS)}, not {kind!r}.")
    address = Address.read(url, f"--refresh {kind}")
    token = environment.get(TOKENS[kind], "")
    if not token:
        raise OptionError(f"--refresh {kind} needs a token of the server in the environment variable {TOKENS[kind]}.")
    if not (token.isascii() and token.isprintable()):
        raise OptionError(f"The token in {TOKENS[kind]} holds signs that no token has: copy it again.")
    return Jellyfin(address, token, maps) if kind == "jellyfin" else Plex(address, token, maps)


def read_maps(texts: Iterable[str]) -> Maps:
    """From HERE=THERE. Raises OptionError."""
    found = []
    for text in texts:
        here, sign, there = text.partition("=")
        if not (sign and there and Path(here).is_absolute()):
            raise OptionError(f"--refresh-map takes HERE=THERE, two absolute folders, not {text!r}.")
        found.append((Path(here), there.rstrip("/") or "/"))
    return tuple(sorted(found, key=lambda pair: len(pair[0].parts), reverse=True))


@dataclass(frozen=True, slots=True)
class Jellyfin:
    """POST /Library/Media/Updated: the server looks at these files again, and finds what lies beside them."""

    address: Address
    token: str = field(repr=False)
    maps: Maps = ()
    most: int = field(init=False, default=MOST)

    @property
    def name(self) -> str:
        """Kind and host."""
        return f"Jellyfin at {self.address.place}"

    def send(self, notices: Sequence[Notice]) -> None:
        """One request for all of them. Raises Undelivered."""
        paths = [mapped(path, self.maps) for path in _done(notices)]
        if paths:
            updates = [{"Path": path, "UpdateType": "Modified"} for path in paths]
            # not X-Emby-Token: servers may refuse what they call legacy authorization, and more than one is ambiguous
            headers = {"Authorization": f'MediaBrowser Token="{quote(self.token, safe="")}"'}
            request(self.address.below("/Library/Media/Updated"), headers, {"Updates": updates})

    def stop(self) -> None:
        """A request ends by its time-out."""


@dataclass(slots=True)
class Plex:
    """GET /library/sections/KEY/refresh?path=FOLDER: the server scans the folder, in the library that holds it."""

    address: Address
    token: str = field(repr=False)
    maps: Maps = ()
    most: int = field(init=False, default=MOST)
    _sections: tuple[tuple[str, str], ...] = field(init=False, default=())
    """(folder, key) of the libraries, the deepest folder first; () until asked"""

    @property
    def name(self) -> str:
        """Kind and host."""
        return f"Plex at {self.address.place}"

    def send(self, notices: Sequence[Notice]) -> None:
        """One request for each folder. Raises Undelivered."""
        for folder in dict.fromkeys(mapped(path.parent, self.maps) for path in _done(notices)):
            path = quote(folder, safe="")
            self._get(f"/library/sections/{self._section(folder)}/refresh?path={path}")

    def stop(self) -> None:
        """A request ends by its time-out."""

    def _section(self, folder: str) -> str:
        if not self._sections:
            self._sections = self._libraries()
        place = PurePosixPath(folder)
        for root, key in self._sections:
            if place.is_relative_to(root):
                return key
        self._sections = ()  # there may be a new one next time
        raise Undelivered(f"No library of {self.name} holds {folder}: say with --refresh-map where it sees the folder.")

    def _libraries(self) -> tuple[tuple[str, str], ...]:
        try:
            told: Any = json.loads(self._get("/library/sections"))
            found = [
                (str(location["path"]), quote(str(library["key"]), safe=""))
                for library in told["MediaContainer"].get("Directory", ())
                for location in library.get("Location", ())
            ]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Undelivered(f"{self.name} answers with something that is no list of libraries.") from None
        return tuple(sorted(found, key=lambda pair: len(pair[0]), reverse=True))

    def _get(self, path: str) -> bytes:
        return request(self.address.below(path), {"X-Plex-Token": self.token})


def _done(notices: Sequence[Notice]) -> Iterator[Path]:
    return (notice.path for notice in notices if notice.outcome.end is End.DONE)


def mapped(path: Path, maps: Maps) -> str:
    """A path as the server knows it: by the deepest folder that is mapped."""
    for here, there in maps:
        if path.is_relative_to(here):
            return str(PurePosixPath(there) / path.relative_to(here))
    return str(path)
