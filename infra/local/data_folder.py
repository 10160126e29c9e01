"""The data folder: one platform at a time, and a note for the commands that talk to the running one."""

import fcntl
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path


class InUse(Exception):
    """Another platform works on the folder."""


class NotRunning(Exception):
    """No platform works on the folder."""


@dataclass(frozen=True, slots=True)
class Running:
    """platform.json: where the running platform is to be found."""

    pid: int
    port: int
    aws_port: int
    user_pool_id: str
    user_pool_client_id: str
    prefix: str

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def connections(self) -> Path:
        return self.path / "connections"

    @property
    def objects(self) -> Path:
        return self.path / "objects"

    @property
    def database(self) -> Path:
        return self.path / "state.sqlite"

    @property
    def mails(self) -> Path:
        return self.path / "mail.log"

    @property
    def note(self) -> Path:
        return self.path / "platform.json"

    def lock(self) -> None:
        """Until the process ends, however it ends."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise InUse(f"another platform is running on {self.path} (process {self._owner()})") from None
        self._lock = descriptor

    def unlock(self) -> None:
        self.note.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def announce(self, running: Running) -> None:
        draft = self.note.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running), indent=2))
        draft.replace(self.note)

    def running(self) -> Running:
        """The platform at work here. The note of a killed one is worth nothing: the lock decides."""
        try:
            self.lock()
        except InUse:
            if self.note.is_file():
                return Running(**json.loads(self.note.read_text()))
            raise NotRunning(f"the platform on {self.path} is still starting") from None
        else:
            self.unlock()
            raise NotRunning(f"no platform is running on {self.path}: start one with `make run`")

    def reset(self) -> None:
        """Forget everything."""
        self.lock()
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
        self.unlock()

    def _owner(self) -> str:
        try:
            return str(json.loads(self.note.read_text())["pid"])
        except (OSError, ValueError, KeyError):
            return "unknown"
