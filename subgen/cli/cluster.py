"""`subgen cluster`, and the work of `subgen batch --cluster`: the processes of several machines, run until they end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from subgen import __version__
from subgen.cli.bars import Watching
from subgen.cli.shell import put_line, say
from subgen.cluster.loading import require_distributed
from subgen.cluster.paths import Maps
from subgen.cluster.places import address_of, is_loopback
from subgen.library.plan import Plan, Planner
from subgen.library.stop import Stop
from subgen.library.work import Outcome


def run_scheduler(host: str, port: int, tls: Path | None) -> int:
    """Is the scheduler until it is told to end."""
    require_distributed()
    from subgen.cluster.machines import schedule

    if tls is None and not is_loopback(host):
        say(f"Whoever can reach {host}:{port} can run programs on all workers: keep it in a network that you trust.")
    return 128 + asyncio.run(schedule(host, port, tls, _tell))


def run_worker(address: str, maps: Sequence[str], host: str | None, tls: Path | None) -> int:
    """Is a worker until it is told to end."""
    place, mapped = address_of(address, tls), Maps.read(maps)
    require_distributed()
    from subgen.cluster.machines import labour
    from subgen.cluster.security import security

    security(tls)  # a worker would wait with it until a scheduler is there
    return 128 + asyncio.run(labour(place, mapped, host, tls, _tell))


def batch_by_cluster(
    plans: Sequence[Plan],
    planner: Planner,
    place: tuple[str, Path | None],
    watched: AbstractContextManager[Watching],
    stop: Stop,
) -> tuple[Outcome, ...]:
    """What `subgen batch` has planned, done by the cluster at a place: its address, and the folder for TLS."""
    address, tls = place
    address = address_of(address, tls)
    require_distributed()
    from subgen.cluster.batch import transcribed_by
    from subgen.cluster.connection import Connection

    with watched as watching:
        return transcribed_by(Connection(address, __version__, tls), plans, planner, watching, stop)


def _tell(line: str) -> None:
    put_line(line, sys.stderr)
