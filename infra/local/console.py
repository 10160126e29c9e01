"""What the platform says on the terminal: progress with times on stdout, trouble on stderr."""

import sys
import time


class Progress:
    """`done('tables')` prints how long the step took since the last one."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._started = self._last = time.monotonic()

    def done(self, step: str) -> None:
        now = time.monotonic()
        say(f"  {step:<28} {now - self._last:5.1f} s", self._quiet)
        self._last = now

    @property
    def total(self) -> float:
        return time.monotonic() - self._started


def say(line: str, quiet: bool = False) -> None:
    if not quiet:
        print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
