"""The processes of a cluster: the scheduler, and the worker of a machine. They listen on loopback unless told."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import dask
from distributed import Nanny, Scheduler

from subgen import __version__
from subgen.cluster.holder import Holder
from subgen.cluster.paths import Maps
from subgen.cluster.places import RESOURCE, answers, parts
from subgen.cluster.security import security
from subgen.errors import ClusterError
from subgen.types import Seconds

MOST_DEATHS = 3
"""workers that may die at a file before it is given up"""
AGAIN: Seconds = 1.0
"""between two looks for a scheduler that is not there"""
REACH: Seconds = 10.0
"""how long a scheduler may take to answer"""
_LAST: Seconds = 3.0
"""how long a worker may take to end in order"""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Tell = Callable[[str], None]


async def schedule(host: str, port: int, tls: Path | None, tell: Tell) -> int:
    """Is the scheduler until it gets a signal, which is returned. Raises ClusterError when it can't listen there."""
    ending = Ending()
    protocol = "tcp" if tls is None else "tls"
    _check_free(host, port)
    with dask.config.set({"distributed.scheduler.allowed-failures": MOST_DEATHS - 1}):
        async with Scheduler(
            host=host,
            port=port,
            protocol=protocol,
            security=security(tls),
            dashboard=False,
            dashboard_address=f"{host}:0",
        ) as scheduler:
            tell(f"The scheduler listens at {scheduler.address}.")
            return await ending.wait()


async def labour(address: str, maps: Maps, host: str | None, tls: Path | None, tell: Tell) -> int:
    """Is a worker until it gets a signal, which is returned. A scheduler that is not there, or goes, is waited for.

    The work is done in a child process, which is started again when it dies. `host`: where it listens; None: the
    address of this machine through which the scheduler is reached, which for one on loopback is loopback.
    """
    ending = Ending()
    told = ""
    while ending.signal is None:
        trouble = f"No scheduler answers at {address}: waiting for it."
        if answers(address, REACH):
            trouble = await _worked(address, _nanny(address, maps, host or outward(address), tls), ending, tell)
        if trouble and trouble != told:
            tell(trouble)
        told = trouble
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), AGAIN)
    return ending.signal


def _nanny(address: str, maps: Maps, host: str, tls: Path | None) -> Nanny:
    """What starts the process that works, and starts it again."""
    return Nanny(
        address,
        nthreads=1,
        memory_limit=0,  # models and a film's words: Dask's own limit would end it at a share of the memory
        resources={RESOURCE.format(__version__): 1},
        plugins=(Holder(maps),),
        host=host,
        protocol="tcp" if tls is None else "tls",
        security=security(tls),
        silence_logs=logging.CRITICAL,
        dashboard=False,
    )


async def _worked(address: str, nanny: Nanny, ending: Ending, tell: Tell) -> str:
    """Works until the scheduler has gone, or a signal has come; "", or why it could not.

    A worker that begins can't be closed in order, but its process ends with this one.
    """
    begun = asyncio.ensure_future(nanny)
    try:
        if not await _unless(ending, begun):
            return ""
    except (OSError, RuntimeError) as error:
        return f"The worker could not begin, and will try again: {error.__cause__ or error}."
    try:
        tell(f"The worker {nanny.worker_address} waits for files from {address}.")
        await _unless(ending, nanny.finished())
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(nanny.close(timeout=_LAST), 2 * _LAST)
    return ""


async def _unless(ending: Ending, wait: Awaitable[object]) -> bool:
    """Waits, as long as the process is not told to end; whether it need not. Raises what the wait raises."""
    waiting, told = asyncio.ensure_future(wait), asyncio.ensure_future(ending.wait())
    await asyncio.wait({waiting, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if waiting.done():
        waiting.result()
    return ending.signal is None


class Ending:
    """Which signal has told this process to end; a second one ends it at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._told = asyncio.Event()
        self._heard = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
        for each in self._heard:
            asyncio.get_running_loop().add_signal_handler(each, self._tell, each)

    def _tell(self, number: int) -> None:
        for each in self._heard:
            asyncio.get_running_loop().remove_signal_handler(each)
        self.signal = number
        self._told.set()

    async def wait(self) -> int:
        """Waits for the signal."""
        await self._told.wait()
        return self.signal or 0


def _check_free(host: str, port: int) -> None:
    """Raises ClusterError unless this process can listen there; Dask's own complaint is a page long."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ClusterError(f"The scheduler can't listen at {host}:{port}: {reason}; try another --port.") from error


def outward(address: str) -> str:
    """This machine's own address as the scheduler's machine sees it. Nothing is sent. Raises ClusterError."""
    host, port = parts(address)
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.connect(place)
            return str(probe.getsockname()[0])
    except OSError as error:
        raise ClusterError(f"The scheduler's machine {host} can't be found: {error.strerror or error}.") from error
