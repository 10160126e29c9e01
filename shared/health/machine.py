"""How busy the machine is that runs this function: measured from /proc and /tmp, standard library only.

On Lambda that machine is the function's own microVM. Without /proc (macOS, Windows) two figures are 0.0, and `source`
says so.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")
DISK = "/tmp"
FIRST_SAMPLE_SECONDS = 0.1
MEASURED = "measured on the machine that runs this function: /proc/stat, /proc/meminfo, disk of /tmp"
UNMEASURED = "this platform has no /proc: cpu_percent and memory_percent are not measured"


@dataclass(frozen=True, slots=True)
class Load:
    """Percentages, 0 to 100."""

    cpu_percent: float
    memory_percent: float
    disk_percent: float
    source: str = MEASURED

    @property
    def health(self) -> str:
        """The thresholds of seed 001's original."""
        if self.cpu_percent > 90 or self.memory_percent > 90 or self.disk_percent > 95:
            return "critical"
        if self.cpu_percent > 80 or self.memory_percent > 80 or self.disk_percent > 90:
            return "warning"
        return "healthy"


class Machine:
    """Remembers the last processor sample: load is what happened since."""

    def __init__(self, proc: Path = PROC, sleep: Callable[[float], None] = time.sleep) -> None:
        self._proc = proc
        self._sleep = sleep
        self._last: tuple[int, int] | None = None
        self._cpu = 0.0

    def load(self) -> Load:
        """The load now."""
        disk = shutil.disk_usage(DISK)
        disk_percent = _percent(disk.used, disk.used + disk.free)
        if not (self._proc / "stat").exists():
            return Load(0.0, 0.0, disk_percent, UNMEASURED)
        return Load(self._cpu_percent(), self._memory_percent(), disk_percent)

    def _cpu_percent(self) -> float:
        if self._last is None:
            self._last = self._sample()
            self._sleep(FIRST_SAMPLE_SECONDS)
        busy, total = self._sample()
        busy_then, total_then = self._last
        if total > total_then:  # two looks within one clock tick (10 ms) share a figure
            self._cpu = _percent(busy - busy_then, total - total_then)
            self._last = (busy, total)
        return self._cpu

    def _sample(self) -> tuple[int, int]:
        """Busy and total jiffies since boot. Guest time is already counted in user time."""
        words = (self._proc / "stat").read_text().split("\n", 1)[0].split()
        counts = [int(word) for word in words[1:9]]
        idle = counts[3] + counts[4]
        return sum(counts) - idle, sum(counts)

    def _memory_percent(self) -> float:
        lines = (self._proc / "meminfo").read_text().splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        total = kilobytes["MemTotal"]
        return _percent(total - kilobytes.get("MemAvailable", kilobytes["MemFree"]), total)


def _percent(part: int, whole: int) -> float:
    return round(min(100.0, max(0.0, 100 * part / whole)), 1) if whole > 0 else 0.0


@cache
def machine() -> Machine:
    """The machine of this process."""
    return Machine()
