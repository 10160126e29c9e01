"""Just enough HTTP/1.1 to serve an SDK over kept-alive connections: read a request, write an answer."""

from dataclasses import dataclass
from io import BufferedIOBase

MAX_LINE = 65_536
MAX_HEADERS = 200


class BadRequest(Exception):
    """What came is not HTTP, or more of it than a client should send."""


@dataclass(slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def keeps_alive(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"


def read_request(source: BufferedIOBase, sink: BufferedIOBase) -> Request | None:
    """The next request of a connection, or None at its end. Header names in lower case, repeated ones joined."""
    line = source.readline(MAX_LINE)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise BadRequest("request line")
    headers = _read_headers(source)
    if headers.get("expect", "").lower() == "100-continue":
        sink.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Request(parts[0], parts[1], headers, _read_body(source, headers))


def _read_headers(source: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        line = source.readline(MAX_LINE)
        if line in (b"\r\n", b"\n", b""):
            return headers
        name, _, value = line.decode("latin-1").partition(":")
        key, text = name.lower(), value.strip()
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    raise BadRequest("too many headers")


def _read_body(source: BufferedIOBase, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _read_chunks(source)
    try:
        return source.read(int(headers.get("content-length") or 0))
    except ValueError:
        raise BadRequest("content-length") from None


def _read_chunks(source: BufferedIOBase) -> bytes:
    chunks = []
    while size := int(source.readline(MAX_LINE).split(b";")[0] or b"0", 16):
        chunks.append(source.read(size))
        source.readline(MAX_LINE)
    while source.readline(MAX_LINE) not in (b"\r\n", b"\n", b""):
        pass
    return b"".join(chunks)


def response(status: int, headers: dict[str, str], body: bytes, with_body: bool = True) -> bytes:
    """A whole answer in one piece, so that it leaves in one packet where it fits."""
    lines = [f"HTTP/1.1 {status} {'OK' if status < 400 else 'Error'}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if "content-length" not in {name.lower() for name in headers}:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join((*lines, "\r\n")).encode("latin-1")
    return head + body if with_body else head
