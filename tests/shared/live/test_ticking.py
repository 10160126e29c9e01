"""The ticker under a virtual clock: one grid, one push a tick, whoever ticks."""

import json
import threading
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from shared.health.machine import Machine
from shared.live.delivery import Delivery
from shared.live.lease import Lease
from shared.live.metrics import SystemMetrics
from shared.live.model import Connection
from shared.live.repository import ConnectionRepository
from shared.live.ticking import SteadyTime, Ticker
from shared.storage.store import store
from tests.builders.sockets import refusal

START = 1_000_000_000


class VirtualTime(SteadyTime):
    """Time that stands still until every ticker sleeps, then jumps to the next waking or agenda entry."""

    def __init__(self) -> None:
        self.moment = START
        self.running = 0
        self.sleeping: dict[int, int] = {}
        self.changed = threading.Condition()
        self.agenda: list[tuple[int, Any]] = []

    def now(self) -> int:
        return self.moment

    def sleep_until(self, moment: int) -> None:
        me = threading.get_ident()
        with self.changed:
            self.sleeping[me] = moment
            self.changed.notify_all()
            self.changed.wait_for(lambda: me not in self.sleeping)

    def drive(self, until: int) -> None:
        """Let time pass until everybody has finished or the moment is reached."""
        while True:
            with self.changed:
                assert self.changed.wait_for(lambda: len(self.sleeping) >= self.running, timeout=20)
                if not self.running:
                    return
                waking = min(self.sleeping.values())
            due = [(when, what) for when, what in sorted(self.agenda, key=lambda entry: entry[0]) if when <= waking]
            if due:
                self.agenda.remove(due[0])
                self.moment = max(self.moment, due[0][0])
                due[0][1]()
                continue
            if waking > until:
                return
            with self.changed:
                self.moment = max(self.moment, waking)
                self.sleeping = {who: when for who, when in self.sleeping.items() if when > waking}
                self.changed.notify_all()


class Stage:
    """Tickers, sockets and the clock they share."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.connections = ConnectionRepository(store())
        self.pushes: dict[str, list[int]] = defaultdict(list)
        self.messages: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.calls: list[str] = []
        self.answer_calls = True
        self.ticks: list[int] = []
        self.delivery = Delivery(self, self.connections)

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:
        if ConnectionId in self.gone:
            raise refusal("GoneException", 410)
        self.pushes[ConnectionId].append(self.time.moment)
        self.messages.append(json.loads(Data))

    def join(self, name: str, at: int = START, *, enterprise: bool = False) -> None:
        self.connections.add(Connection(name, at / 1000, at / 1000, enterprise))

    def call(self, predecessor: str) -> None:
        self.calls.append(predecessor)
        if self.answer_calls:
            self.start(predecessor)

    def start(self, predecessor: str | None = None) -> None:
        metrics = SystemMetrics(Machine(sleep=lambda _: None))
        ticker = Ticker(Lease(store()), self.connections, self.delivery, metrics, self.call, self.time)
        self.time.running += 1

        def work() -> None:
            try:
                self.ticks.append(ticker.run(predecessor))
            finally:
                with self.time.changed:
                    self.time.running -= 1
                    self.time.changed.notify_all()

        threading.Thread(target=work, daemon=True).start()

    def after(self, seconds: float, what: Any) -> None:
        self.time.agenda.append((START + int(1000 * seconds), what))

    def leave(self, *names: str) -> None:
        for name in names:
            self.connections.remove(name)

    def gaps(self, name: str) -> list[float]:
        moments = self.pushes[name]
        return [(later - earlier) / 1000 for earlier, later in pairwise(moments)]


@pytest.fixture
def stage(tables: Any) -> Stage:
    return Stage()


def run(stage: Stage, seconds: float) -> None:
    """Play; then everybody leaves, so that the tickers end."""
    stage.time.drive(START + int(1000 * seconds))
    stage.leave(*(one.connection_id for one in stage.connections.everyone()))
    stage.time.drive(START + 10**9)


def test_pushes_come_every_five_seconds_and_the_first_within_five(stage: Stage) -> None:
    stage.join("c1")
    stage.start()

    run(stage, 30)

    assert stage.pushes["c1"][0] - START < 5_000
    assert set(stage.gaps("c1")) == {5.0}
    assert len(stage.pushes["c1"]) == 6


def test_two_tickers_never_push_the_same_tick(stage: Stage) -> None:
    stage.join("c1")
    for _ in range(4):
        stage.start()

    run(stage, 40)

    assert set(stage.gaps("c1")) == {5.0}
    assert sorted(stage.ticks)[:3] == [0, 0, 0]


def test_the_hand_over_keeps_the_grid(stage: Stage) -> None:
    stage.join("c1")
    stage.start()

    run(stage, 300)

    assert len(stage.calls) >= 4
    assert set(stage.gaps("c1")) == {5.0}


def test_the_old_ticker_goes_on_until_a_late_successor_takes_over(stage: Stage) -> None:
    stage.answer_calls = False
    stage.join("c1")
    stage.start()
    stage.after(69, lambda: stage.start(stage.calls[0]))
    stage.after(69.5, lambda: stage.start(stage.calls[0]))  # an asynchronous invocation may come twice

    run(stage, 120)

    assert set(stage.gaps("c1")) == {5.0}


def test_without_a_successor_the_schedule_takes_up_the_grid(stage: Stage) -> None:
    stage.answer_calls = False
    stage.join("c1")
    stage.start()
    stage.after(60, stage.start)
    stage.after(80, stage.start)

    run(stage, 100)

    assert all(3.5 <= gap <= 7 for gap in stage.gaps("c1"))


def test_connections_that_spoke_enterprise_get_nothing(stage: Stage) -> None:
    stage.join("mlops")
    stage.join("other", enterprise=True)
    stage.start()

    run(stage, 12)

    assert len(stage.pushes["mlops"]) == 3
    assert stage.pushes["other"] == []
    assert stage.messages[0]["active_connections"] == 2


def test_a_ticker_ends_and_frees_the_lease_when_nobody_listens(stage: Stage) -> None:
    stage.join("c1")
    stage.start()
    stage.after(7, lambda: stage.leave("c1"))

    stage.time.drive(START + 60_000)

    assert stage.time.running == 0
    assert not Lease(store()).held(stage.time.now())


def test_a_lease_without_listeners_is_not_even_taken(stage: Stage) -> None:
    stage.join("other", enterprise=True)
    stage.start()

    stage.time.drive(START + 60_000)

    assert stage.ticks == [0]
    assert stage.pushes == {}


def test_a_dead_ticker_is_replaced_once_its_lease_ran_out(stage: Stage) -> None:
    stage.join("c1")
    Lease(store()).take("dead", START)
    stage.start()
    stage.time.drive(START + 1)
    stage.time.moment += 9_000
    stage.start()

    run(stage, 30)

    assert stage.ticks[0] == 0
    assert stage.pushes["c1"][0] <= START + 15_000
    assert set(stage.gaps("c1")) == {5.0}


def test_a_gone_socket_loses_row_and_slot_and_the_others_are_served(stage: Stage) -> None:
    for name in ("c1", "c2", "c3", "c4", "c5"):
        stage.join(name)
    stage.gone.add("c2")
    stage.start()

    stage.time.drive(START + 3_000)
    left = [one.connection_id for one in stage.connections.everyone()]
    counted = stage.connections.count()
    run(stage, 3)

    assert (left, counted) == (["c1", "c3", "c4", "c5"], 4)

    assert sorted(stage.pushes) == ["c1", "c3", "c4", "c5"]
    assert stage.messages[0]["active_connections"] == 5


def test_a_socket_that_is_just_opening_is_left_for_the_next_tick(stage: Stage) -> None:
    stage.join("c1")
    stage.start()
    stage.after(6.0, lambda: stage.join("young", START + 6_000))

    run(stage, 14)

    assert stage.pushes["young"] == [stage.pushes["c1"][2]]


def test_the_clock_of_a_real_ticker_is_the_wall_clock() -> None:
    import time

    steady = SteadyTime()
    before = steady.now()
    steady.sleep_until(before + 30)

    assert abs(steady.now() / 1000 - time.time()) < 0.05
    assert steady.now() - before >= 29
