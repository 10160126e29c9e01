"""What the terminal shows: a progress line that stays at the bottom, alerts above it. Plain lines when not a TTY."""

import sys
import time
from datetime import datetime
from typing import TextIO

BAR = 24  # characters
EVERY_TTY, EVERY_PLAIN = 0.2, 5.0  # seconds between progress lines
COLOURS = {"critical": "35;1", "high": "31;1", "medium": "33", "low": "32"}


def clean(text: object, most: int = 400) -> str:
    """Text from a server without control characters: a terminal obeys those."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text)[:most])


class Screen:
    """One writer for everything, so that lines never mix."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._tty = self._out.isatty()
        self._begin = self._shown = time.monotonic()
        self._recent = (self._begin, 0)  # time and number of events when the rate was last taken
        self._rate = 0.0

    def line(self, text: str = "") -> None:
        """A line that stays."""
        self._out.write(f"\r\033[K{text}\n" if self._tty else f"{text}\n")
        self._out.flush()

    def risk(self, level: str) -> str:
        """A risk level, coloured on a terminal."""
        level = clean(level, 20)
        code = COLOURS.get(level)
        return f"\033[{code}m{level}\033[0m" if self._tty and code else level

    def progress(self, done: int, total: int, at: datetime | None, alerts: int, *, force: bool = False) -> None:
        """Where the replay is; drawn only now and then."""
        now = time.monotonic()
        if not force and now - self._shown < (EVERY_TTY if self._tty else EVERY_PLAIN):
            return
        self._shown = now
        self._take_rate(now, done)
        text = (
            f"{done:,}/{total:,} events  {self._rate:,.0f}/s  {at:%Y-%m-%d %H:%M}  " if at else f"{done:,}/{total:,} "
        )
        text += f"alerts {alerts}"
        if self._tty:
            full = BAR * done // max(total, 1)
            self._out.write(f"\r\033[K[{'#' * full}{'.' * (BAR - full)}] {text}")
            self._out.flush()
        else:
            self.line(text)

    def _take_rate(self, now: float, done: int) -> None:
        """Events a second over the last two seconds or more."""
        since, before = self._recent
        if now - since >= 2.0 or self._rate == 0.0:
            self._rate = (done - before) / max(now - since, 0.001)
            self._recent = (now, done)
