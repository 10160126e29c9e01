"""The command line of `python -m infra.demo`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from infra.replay.platform import PATIENCE
from shared.core.clock import from_iso


def existing(name: str) -> Path:
    """A file that is there."""
    path = Path(name)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {name}")
    return path


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="infra.demo", description="Replay events against the running platform.")
    parser.add_argument("--file", type=existing, help="events.jsonl or .jsonl.gz in the ingest format")
    parser.add_argument("--users", type=existing, help="directory; default: users_X.csv beside events_X.jsonl.gz")
    parser.add_argument("--labels", type=existing, help="event_id,incident_id: prints the time to notice each incident")
    parser.add_argument("--from", dest="begin", type=from_iso, help="first event time, ISO 8601")
    parser.add_argument("--to", dest="end", type=from_iso, help="last event time, ISO 8601")
    parser.add_argument("--speed", type=float, default=0.0, help="0: as fast as possible; N: N times real time")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="where the platform runs")
    parser.add_argument("--token", help="for a platform in strict mode: make token ROLE=admin")
    parser.add_argument("--concurrency", type=int, default=4, choices=range(1, 65), metavar="1..64")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds without an answer until it gives up")
    return parser.parse_args(arguments)
