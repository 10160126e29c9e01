"""The ports of the gateway: taken early, so that a clash is told at once, and opened when all is ready to serve."""

import socket


class PortInUse(Exception):
    """Somebody else serves there."""


def take(port: int) -> socket.socket:
    """Bound but not listening: a client is refused until the platform is ready."""
    # asyncio switches Nagle's delay off (40 ms per answer) only where the protocol is named.
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        _check_nobody_listens(taken)
    except OSError:
        taken.close()
        raise PortInUse(f"port {port} is in use on 127.0.0.1") from None
    return taken


def _check_nobody_listens(taken: socket.socket) -> None:
    """macOS lets us bind beside a server that listens on every address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.2)
        if probe.connect_ex(taken.getsockname()) == 0:
            raise OSError
