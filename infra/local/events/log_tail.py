"""What is appended to a log file, by whole lines."""

import os
from pathlib import Path

MOST_READ = 1024 * 1024


class LogTail:
    """From the file's end at the moment this is made. A file may be missing, truncated or replaced at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        facts = self._facts()
        self._inode, self._offset = (facts.st_ino, facts.st_size) if facts else (0, 0)

    def read(self) -> list[bytes]:
        """The next whole lines, a megabyte at the most; what has no line end yet waits for it."""
        facts = self._facts()
        if facts is None:
            self._inode = self._offset = 0
            return []
        if facts.st_ino != self._inode or facts.st_size < self._offset:
            self._inode, self._offset = facts.st_ino, 0
        if facts.st_size == self._offset:
            return []
        chunk = self._chunk()
        end = chunk.rfind(b"\n") + 1
        if not end and len(chunk) == MOST_READ:
            end = MOST_READ  # no line of ours; waiting for its end would hold up all that follow
        self._offset += end
        return chunk[:end].split(b"\n")[:-1]

    def _facts(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except OSError:
            return None

    def _chunk(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                return file.read(MOST_READ)
        except OSError:
            return b""
