"""Opening and closing sockets: slots and rows never differ, whatever order events come in."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.live.sockets import handler
from shared.live.model import LIFE_SECONDS, MOST_CONNECTIONS, Connection
from shared.live.provide import connections
from tests.builders.sockets import Gateway, closed, opened, socket_event


def test_the_hundred_and_first_is_refused_and_a_freed_slot_is_given_again(gateway: Gateway) -> None:
    statuses = [opened(f"c{number}") for number in range(MOST_CONNECTIONS + 1)]

    assert statuses == [200] * MOST_CONNECTIONS + [503]
    closed("c7")
    assert opened("late") == 200
    assert opened("later") == 503


def test_twenty_four_threads_get_exactly_a_hundred_slots(gateway: Gateway) -> None:
    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(opened, [f"c{number}" for number in range(140)]))

    assert statuses.count(200) == MOST_CONNECTIONS
    assert connections().count() == len(connections().everyone()) == MOST_CONNECTIONS


def test_connecting_twice_with_one_id_takes_one_slot_even_when_all_are_taken(gateway: Gateway) -> None:
    for number in range(MOST_CONNECTIONS):
        opened(f"c{number}")

    assert opened("c5") == 200
    assert connections().count() == MOST_CONNECTIONS


@pytest.mark.parametrize("seed", range(6))
def test_slots_equal_rows_after_any_mix_of_events(gateway: Gateway, seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"c{number}" for number in range(12)]
    moves = [(chance.choice((opened, closed)), chance.choice(ids)) for _ in range(120)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda move: move[0](move[1]), moves))

    assert connections().count() == len(connections().everyone())
    for name in ids:
        closed(name)
        closed(name)
    assert connections().count() == 0


def test_closing_an_unknown_socket_is_fine(gateway: Gateway) -> None:
    assert closed("nobody") == 200
    assert connections().count() == 0


def test_a_message_of_an_unknown_socket_does_not_bring_it_to_life(gateway: Gateway) -> None:
    handler(socket_event("$default", "nobody", '{"type":"ping","data":{}}'), None)

    assert connections().everyone() == []


def test_an_answer_to_a_gone_socket_frees_its_slot(gateway: Gateway) -> None:
    opened("c1")
    gateway.gone.add("c1")

    handler(socket_event("$default", "c1", '{"type":"ping"}'), None)

    assert (connections().count(), connections().everyone(), gateway.attempts["c1"]) == (0, [], 1)


def test_a_busy_gateway_is_asked_again(gateway: Gateway) -> None:
    opened("c1")
    gateway.busy["c1"] = 2

    handler(socket_event("$default", "c1", '{"type":"ping","timestamp":7}'), None)

    assert gateway.posted["c1"] == [{"type": "pong", "timestamp": 7}]


def test_connecting_calls_the_ticker_unless_one_holds_the_lease(gateway: Gateway) -> None:
    opened("c1")
    assert gateway.invoked[0]["InvocationType"] == "Event"
    assert gateway.invoked[0]["FunctionName"] == "vedette-local-ticker"

    from shared.live.provide import lease

    now = int(1000 * connections().everyone()[0].connected_at)
    lease().take("somebody", now)
    opened("c2")
    assert len(gateway.invoked) == 1


def test_the_sweep_removes_what_outlived_api_gateway_and_mends_the_counter(gateway: Gateway, tables: Any) -> None:
    repository = connections()
    repository.add(Connection("old", 0.0, 0.0))
    repository.add(Connection("ttl", LIFE_SECONDS, LIFE_SECONDS))
    repository.add(Connection("new", LIFE_SECONDS, LIFE_SECONDS))
    key = {"pk": {"S": "CONNECTION"}, "sk": {"S": "ttl"}}
    tables.delete_item(TableName="vedette-local-live", Key=key)  # as TTL does: the slot is not given back

    assert repository.sweep(LIFE_SECONDS + 1) == 1
    assert [one.connection_id for one in repository.everyone()] == ["new"]
    assert repository.count() == 1


def test_strict_mode_refuses_a_socket_without_a_token(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.core.settings import settings

    monkeypatch.setenv("VEDETTE_AUTH_MODE", "strict")
    settings.cache_clear()

    assert opened("c1") == 401
    given = {"queryStringParameters": {"token": "nonsense"}}
    assert handler(socket_event("$connect", "c1", **given), None) == {"statusCode": 401}
    assert connections().count() == 0
