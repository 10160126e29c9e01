"""Replays events against the running platform and shows the alerts as they come: `make demo [FILE=events.jsonl.gz]`.

    python -m infra.demo --file events_A.jsonl.gz --from 2024-10-14 --to 2024-10-31 --labels labels_A.csv

Without a file: the story of infra/local/demonstration_data.py. Ctrl-C ends it with the summary so far. Exit status: 0,
1 when an event was refused, 3 when the platform did not answer.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import httpx

from infra.local.demonstration_data import people, sample_story
from infra.replay.events import (
    Row,
    Unreadable,
    Window,
    a_stranger,
    beside,
    read_events,
    read_labels,
    read_people,
    rows_of,
)
from infra.replay.listener import Listener
from infra.replay.options import options_of
from infra.replay.platform import Platform, Unreachable
from infra.replay.report import AlertFeed, alert_block, incident_lines, summary
from infra.replay.run import Replay
from infra.replay.screen import Screen
from infra.replay.tally import Tally
from shared.core.clock import utc_now
from shared.subjects.model import Subject

SUBSCRIBING = 5.0  # seconds; without a socket the replay goes on and the summary has the alerts
STRAGGLERS = 5.0  # seconds that pushed alerts may take after the last answer
MOST_BLOCKS = 50  # alerts with evidence in the summary
REFUSED, GONE = 1, 3
Source = Callable[[], Iterable[Row | Unreadable]]


@dataclass(frozen=True, slots=True)
class Script:
    """What is replayed: events that can be read again, the directory, their number and the people in them."""

    rows: Source
    directory: dict[str, Subject]
    total: int
    user_ids: tuple[str, ...]


def script_of(options: argparse.Namespace) -> Script:
    """Reads the file once, to know how much there is and who is in it: events are then streamed."""
    if options.file is None:
        story = rows_of(sample_story(utc_now()))
        return _script(lambda: story, {person.subject_id: person for person in people()})
    window = Window(options.begin, options.end)
    directory = read_people(options.users or beside(options.file, "users"))
    return _script(lambda: read_events(options.file, window), directory)


def _script(rows: Source, directory: dict[str, Subject]) -> Script:
    total, user_ids = 0, dict[str, None]()
    for row in rows():
        total += 1
        if isinstance(row, Row):
            user_ids[row.user_id] = None
    return Script(rows, directory, total, tuple(user_ids))


async def register(platform: Platform, script: Script, screen: Screen) -> None:
    """Makes the people of the script known who are not yet."""
    known = await platform.known_people()
    missing = [user_id for user_id in script.user_ids if user_id not in known]
    for user_id in missing:
        await platform.register(script.directory.get(user_id) or a_stranger(user_id))
    screen.line(f"{script.total:,} events of {len(script.user_ids)} people, {len(missing)} of them registered now")


async def demonstrate(options: argparse.Namespace, screen: Screen) -> int:
    """The whole demonstration; the exit status."""
    script = script_of(options)
    tally = Tally(read_labels(options.labels))
    feed = AlertFeed(tally, screen)
    platform = Platform(options.base, options.concurrency, options.patience, options.token)
    replay = Replay(platform, tally, screen, script.total, options.concurrency, options.speed)
    listener = Listener(options.base, feed, token=options.token)
    listening = asyncio.create_task(listener.run())
    try:
        await register(platform, script, screen)
        await _replay(replay, script, listener, feed)
    except (Unreachable, httpx.HTTPStatusError) as problem:
        replay.ended = f"{problem}; does the platform run at {options.base}? (make run)"
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)  # the socket says goodbye
    await _report(replay, platform, feed)
    await platform.close()
    return GONE if replay.ended else REFUSED if tally.failures else 0


async def _replay(replay: Replay, script: Script, listener: Listener, feed: AlertFeed) -> None:
    try:
        await asyncio.wait_for(listener.subscribed.wait(), SUBSCRIBING)
    except TimeoutError:
        replay.screen.line(f"no live alerts: {listener.problem or 'nobody answers the subscription'}")
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, replay.stop.set)
    begin = time.monotonic()
    await replay.run(script.rows())
    replay.seconds = time.monotonic() - begin
    until = time.monotonic() + (STRAGGLERS if listener.subscribed.is_set() else 0)
    while time.monotonic() < until and replay.tally.raised.keys() - feed.heard.keys():
        await asyncio.sleep(0.05)


async def _report(replay: Replay, platform: Platform, feed: AlertFeed) -> None:
    """The summary; after Ctrl-C or a failure the one so far."""
    screen, tally = replay.screen, replay.tally
    screen.progress(tally.sent, replay.total, tally.at, len(tally.raised), force=True)
    screen.line()
    for alert_id in [] if replay.ended else list(tally.raised)[:MOST_BLOCKS]:
        for line in alert_block(await platform.alert(alert_id), screen):
            screen.line(line)
    for line in summary(tally, feed, replay.total, replay.seconds):
        screen.line(line)
    for line in incident_lines(tally) if tally.labels else ():
        screen.line(line)
    if replay.ended or replay.stop.is_set():
        screen.line(f"ended    {replay.ended or 'by Ctrl-C'}")


def main(arguments: Sequence[str] | None = None, screen: Screen | None = None) -> int:
    """Runs the demonstration."""
    return asyncio.run(demonstrate(options_of(arguments), screen or Screen()))


if __name__ == "__main__":
    sys.exit(main())
