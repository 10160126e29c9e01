"""The AWS API of the local platform on one loopback port: DynamoDB by the short way, the rest through moto's app."""

import io
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from infra.local.http_messages import BadRequest, Request, read_request, response
from infra.local.moto_repairs import dispatch

DYNAMODB_TARGET = "DynamoDB_20120810."
# Told of a request that moto has carried out, before its answer leaves.
After = Callable[[Request], None]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Connection)
        self.application = DomainDispatcherApplication(create_backend_app)
        self.open: set[socket.socket] = set()
        self.after: list[After] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError | ValueError):
            super().handle_error(request, client_address)


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        self.server.open.add(self.connection)
        try:
            while request := read_request(self.rfile, self.wfile):
                self.wfile.write(self._answer(request))
                if not request.keeps_alive:
                    return
        except BadRequest as error:
            self.wfile.write(response(400, {"Connection": "close"}, str(error).encode()))
        except ConnectionError:
            return
        finally:
            self.server.open.discard(self.connection)

    def _answer(self, request: Request) -> bytes:
        target = request.headers.get("x-amz-target", "")
        if target.startswith(DYNAMODB_TARGET):
            authorization = request.headers.get("authorization", "")
            status, headers, body = dispatch.call(target, request.body, authorization)
            return response(status, headers, body.encode())
        answer = _through_moto(self.server, request)
        for after in self.server.after:
            after(request)
        return answer


def _through_moto(server: _Server, request: Request) -> bytes:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        started[:] = [int(status.split()[0]), headers]

    chunks: Iterable[bytes] = server.application(_environ(server, request), start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    status, headers = started
    hop_by_hop = {"connection", "transfer-encoding"}
    kept = {name: value for name, value in headers if name.lower() not in hop_by_hop}
    return response(status, kept, body, with_body=request.method != "HEAD")


def _environ(server: _Server, request: Request) -> dict[str, Any]:
    host, port = server.server_address[:2]
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
    }
    for name, value in request.headers.items():
        if name not in ("content-length", "content-type", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ


class AwsServer:
    """Runs in threads of this process from `start` to `stop`."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="aws", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_after(self, after: After) -> None:
        self._server.after.append(after)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._server.open):
            _hang_up(connection)
        self._thread.join()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
