"""`make bench`: measure, print, and write docs/BENCHMARKS.md.

    python -m infra.bench [--events 100000] [--only imports,ingest,scoring,budget,gateway,access] [--out FILE]

With --only nothing is written unless --out names a file. Exit status 0 also when goals are missed: they are printed.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from infra.bench.ingest import LARGE, SMALL
from infra.bench.machine import description
from infra.bench.report import Row, Section, markdown
from infra.local.console import complain, say
from infra.local.deployment import ROOT

DOCUMENT = ROOT / "docs" / "BENCHMARKS.md"
NAMES = ("imports", "ingest", "scoring", "budget", "gateway", "access")


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line; VEDETTE_BENCH_EVENTS stands for --events."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description="Measure, write docs/BENCHMARKS.md.")
    events = int(os.environ.get("VEDETTE_BENCH_EVENTS", LARGE))
    parser.add_argument("--events", type=int, default=events, help="activities on the large platform")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(NAMES), help="sections, by comma")
    parser.add_argument("--out", type=Path, help="where to write")
    given = parser.parse_args(arguments)
    if given.events < 2 * SMALL or set(given.only) - set(NAMES):
        parser.error(f"--events is at least {2 * SMALL}, --only some of {','.join(NAMES)}")
    return given


def sections(events: int) -> dict[str, Callable[[], Section]]:
    """How each section is measured. Imported here: the libraries that are measured must not be loaded before."""
    from infra.bench import access, budget, gateway, imports, ingest, scoring

    return {
        "imports": imports.section,
        "ingest": partial(ingest.section, events),
        "scoring": scoring.section,
        "budget": budget.section,
        "gateway": gateway.section,
        "access": access.section,
    }


def timed(name: str, measure: Callable[[], Section]) -> Section:
    """A section with the seconds it took, told when it begins. One that fails is a missed goal, not the end."""
    complain(f"measuring {name} ...")
    begin = time.monotonic()
    try:
        section = measure()
    except (RuntimeError, OSError) as reason:
        section = Section(name, "Not measured.", [Row("the section", f"failed: {reason!r}", "measured", False)])
    complain(f"  {name}: {time.monotonic() - begin:.0f} s, {len(section.missed)} missed")
    return replace(section, seconds=time.monotonic() - begin)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    given, began, begin = options_of(arguments), datetime.now(UTC), time.monotonic()
    found = [timed(name, measure) for name, measure in sections(given.events).items() if name in given.only]
    text = markdown(found, description(began, time.monotonic() - begin, f"make bench (--events {given.events})"))
    say(text)
    out = given.out or (DOCUMENT if set(given.only) == set(NAMES) else None)
    if out:
        out.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
