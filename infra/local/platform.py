"""The platform as a whole: one process with AWS, runtime, event sources and gateway, from start to clean stop."""

import asyncio
import contextlib
import gc
import os
import socket
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.environment import Deployment
from infra.local import demonstration
from infra.local.console import Progress, complain
from infra.local.data_folder import DataFolder, Running
from infra.local.deployment import MODELS, local_deployment
from infra.local.gateway.app import Gateway
from infra.local.gateway.connections import Connections
from infra.local.gateway.http_api import HttpApi
from infra.local.gateway.management_api import ManagementApi
from infra.local.gateway.route_table import RouteTable
from infra.local.gateway.socket_api import SocketApi
from infra.local.identities import CLIENT_ID, POOL_ID
from infra.local.moto_repairs.lambda_invocations import Invocations
from infra.local.route_listing import HANDLER, ListedRoute, listed
from infra.local.runtime.functions import LocalFunction, local_functions
from infra.local.runtime.launching import best_launcher
from infra.local.runtime.pools import Runtime
from infra.local.sources import Sources
from infra.local.state import State
from infra.local.web_server import WebServer
from shared.catalogue import FALLBACK_FUNCTION, FUNCTIONS, SOCKET_FUNCTION
from shared.core.clock import utc_now

ROUTE_LISTING = "route_listing"


@dataclass(frozen=True, slots=True)
class Options:
    data: Path
    auth_mode: str = "open"
    demonstration: bool = True
    # How much faster than the clock schedules fire; for tests.
    speed: float = 1.0
    models: Path = MODELS


class Platform:
    """`start`, then `stop`. The sockets are bound by the caller and listened on when all is ready."""

    def __init__(self, options: Options, ports: list[socket.socket], progress: Progress) -> None:
        self._options = options
        self._ports = ports
        self._progress = progress
        self._data = DataFolder(options.data)
        self._closing = contextlib.AsyncExitStack()
        self._data.lock()
        self._closing.callback(self._data.unlock)
        # First of all: it imports the frameworks on the other core while this one imports moto.
        self._launcher = best_launcher()
        self._closing.callback(self._launcher.close)
        self._background: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        port = self._ports[0].getsockname()[1]
        started_at = utc_now().isoformat()
        self.deployment = local_deployment(
            port, self._options.auth_mode, started_at, POOL_ID, CLIENT_ID, self._options.models, self._data.path
        )
        self._state = State(self._data)
        self._functions = local_functions(self.deployment, self._state.endpoint)
        routes = asyncio.create_task(self._start_runtime())
        await self._start_state()
        await self._load_demonstration()
        gateway = self._gateway(RouteTable(await routes, FALLBACK_FUNCTION))
        self._progress.done("routes")
        web = WebServer(gateway, self._ports)
        await web.start()
        self._closing.push_async_callback(web.stop)
        _spare_the_heap()
        self._data.announce(self._running(port))
        self._in_background(self._after_start())

    async def stop(self) -> None:
        """Whatever has been started, last things first."""
        for task in self._background:
            task.cancel()
        await self._closing.aclose()

    async def _start_runtime(self) -> list[ListedRoute]:
        """The answer is the route table, which only the functions' own code knows."""
        self._runtime = Runtime(self._with_route_listing(), self._launcher, self._data.logs)
        self._closing.callback(self._runtime.close)
        listing = await self._runtime.invoke(ROUTE_LISTING, b"{}")
        if listing.error:
            raise RuntimeError(f"the routes cannot be listed: {listing.reason()}")
        return listed(listing.value())

    async def _start_state(self) -> None:
        restored = await asyncio.to_thread(self._state.open, self.deployment.prefix)
        self._closing.callback(self._state.close)
        self._progress.done(f"AWS, {restored} rows restored")
        invoke = self._runtime.invoke_from_thread
        invocations = Invocations(invoke)
        invocations.install()
        self._closing.callback(invocations.close)
        sources = Sources(self._state, invoke, self.deployment.prefix, self._data.logs, self._options.speed)
        sources.start()
        self._closing.callback(sources.stop)

    def _with_route_listing(self) -> Mapping[str, LocalFunction]:
        health = self._functions[self.deployment.prefix + "health"]
        environment = {**health.environment, "_HANDLER": HANDLER}
        listing = LocalFunction(ROUTE_LISTING, HANDLER, 512, 60.0, environment, workers=1)
        return {**self._functions, ROUTE_LISTING: listing}

    def _gateway(self, routes: RouteTable) -> Gateway:
        prefix = self.deployment.prefix
        connections = Connections(self._data.connections)
        self._sockets = SocketApi(self._runtime.invoke, connections, prefix + SOCKET_FUNCTION)
        http = HttpApi(self._runtime.invoke, routes, prefix)
        return Gateway(http, self._sockets, ManagementApi(connections))

    async def _load_demonstration(self) -> None:
        if not self._options.demonstration or self._state.rows.fact("demonstration"):
            return
        environment = self._functions[self.deployment.prefix + "insiders"].environment
        try:
            await asyncio.to_thread(demonstration.load, self._state.endpoint, environment)
            self._state.rows.set_facts({"demonstration": "loaded"})
        except RuntimeError as error:
            complain(str(error))
        self._progress.done("demonstration data")

    async def _after_start(self) -> None:
        await self._sockets.disconnect_left_open()
        names = [self.deployment.prefix + function.name for function in FUNCTIONS.values() if function.kind != "worker"]
        await self._runtime.warm_up(names)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _running(self, port: int) -> Running:
        deployment: Deployment = self.deployment
        return Running(os.getpid(), port, self._state.server.port, POOL_ID, CLIENT_ID, deployment.prefix)


def _spare_the_heap() -> None:
    """Rows are many objects without cycles; a full collection looks at all of them and stops everyone for 0.3 s."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 500)
