"""Bytes as text: which encoding a file is in, and the text itself, piece by piece.

UTF-8 with or without a mark, UTF-16 with a mark or recognisable without, else Windows-1252 (what spreadsheets of
western Europe write). A file that is something else altogether is refused by its name.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator

from shared.datasets.faults import HEADERS_WANTED, BadTable, Faults

Open = Callable[[], Iterable[bytes]]

HEAD = 65_536
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_FORMATS = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save the sheet as CSV"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
FALLBACK = "cp1252"


def encoding_of(open_: Open) -> str:
    """The name of the encoding. Reads the whole file once if it has no mark, because one byte can decide."""
    head = _head(open_())
    if not head:
        raise BadTable(f"{HEADERS_WANTED}; the file is empty")
    _refuse_other_formats(head)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    return marked or _unmarked_utf16(head) or ("utf-8" if _is_utf8(open_()) else FALLBACK)


def text_of(open_: Open, encoding: str, faults: Faults) -> Iterator[str]:
    """The file as pieces of text. Bytes that the encoding does not know become U+FFFD and are counted."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    broken = 0
    for chunk in open_():
        piece = decoder.decode(chunk)
        broken += piece.count("\ufffd")
        yield _without_nul(piece)
    rest = decoder.decode(b"", final=True)
    broken += rest.count("\ufffd")
    yield _without_nul(rest)
    if broken:
        faults.add("UNDECODABLE", f"{broken} characters are not {encoding} and were replaced", count=broken)
    if encoding == FALLBACK:
        faults.add("ENCODING_GUESSED", "The file is not UTF-8; it was read as Windows-1252")


def _without_nul(piece: str) -> str:
    if "\x00" in piece:
        raise BadTable(f"{HEADERS_WANTED}; the file is binary")
    return piece


def _head(chunks: Iterable[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD:
            break
    return head[:HEAD]


def _refuse_other_formats(head: bytes) -> None:
    for magic, name in OTHER_FORMATS:
        if head.startswith(magic):
            raise BadTable(f"{HEADERS_WANTED}; this is {name}")


def _unmarked_utf16(head: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in every other byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if high > 0.6 * pairs and low < 0.1 * pairs:
        return "utf-16-le"
    return "utf-16-be" if low > 0.6 * pairs and high < 0.1 * pairs else None


def _is_utf8(chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
