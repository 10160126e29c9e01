"""Start the platform and serve until SIGINT or SIGTERM."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket

from infra.local.console import Progress, complain, say
from infra.local.ports import PortInUse, take


def command(arguments: argparse.Namespace) -> int:
    ports = [take(arguments.port)]
    if arguments.second_port:
        with contextlib.suppress(PortInUse):
            ports.append(take(arguments.second_port))
        if len(ports) == 1:
            complain(f"port {arguments.second_port} is in use: serving on {arguments.port} only")
    try:
        asyncio.run(_serve(arguments, ports))
    finally:
        for port in ports:
            port.close()
    return 0


async def _serve(arguments: argparse.Namespace, ports: list[socket.socket]) -> None:
    progress = Progress()
    # moto and the frameworks are imported here and not at the top, so that a taken port is told at once.
    from infra.local.platform import Options, Platform

    options = Options(arguments.data, arguments.auth, not arguments.no_demonstration, arguments.speed, arguments.models)
    platform = Platform(options, ports, progress)
    stopping = _stop_signal()
    starting = asyncio.create_task(platform.start())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    code = 0
    if starting.done() and starting.exception():
        complain(f"the platform cannot start: {starting.exception()}")
        code = 1
    elif starting.done():
        say(_banner(arguments, ports, progress))
        await waiting
        say("stopping")
    starting.cancel()
    await platform.stop()
    # Everything is written and closed. Threads that still wait for a function would hold the interpreter up.
    os._exit(code)


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def _banner(arguments: argparse.Namespace, ports: list[socket.socket], progress: Progress) -> str:
    urls = [f"http://127.0.0.1:{port.getsockname()[1]}" for port in ports]
    return "\n".join(
        (
            f"ready after {progress.total:.1f} s",
            f"  HTTP       {'  '.join(urls)}",
            f"  WebSocket  {urls[0].replace('http', 'ws')}/ws",
            f"  data       {arguments.data}   logs in {arguments.data}/logs",
            f"  auth       {arguments.auth}",
            "try",
            f"  curl {urls[0]}/health",
            "  make token ROLE=analyst",
            "  make demo",
        )
    )
