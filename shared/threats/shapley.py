"""Shapley values by sampled permutations: who adds how much, averaged over the orders in which they may join.

Strumbelj and Kononenko 2014; each permutation is used forwards and backwards (antithetic: half the variance).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

PAIRS = 8
SEED = 20240902
Worth = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


def shapley(players: int, worth: Worth) -> tuple[float, NDArray[np.float64]]:
    """(worth of nobody, share of each player); the shares add up to worth(all) - worth(nobody).

    All coalitions are evaluated in one call, each once.
    """
    if players == 0:
        return float(worth(np.zeros((1, 0), dtype=np.bool_))[0]), np.zeros(0)
    generator = np.random.default_rng(SEED)
    orders = [generator.permutation(players) for _ in range(PAIRS)]
    orders += [order[::-1] for order in orders]
    chains = np.array([_chain(order, players) for order in orders])
    distinct, places = np.unique(chains.reshape(-1, players), axis=0, return_inverse=True)
    values = worth(distinct)[places.reshape(-1)].reshape(len(orders), players + 1)
    shares = np.zeros(players)
    for order, gains in zip(orders, np.diff(values, axis=1), strict=True):
        shares[order] += gains
    return float(values[0, 0]), shares / len(orders)


def _chain(order: NDArray[np.int64], players: int) -> NDArray[np.bool_]:
    """The coalitions of one order: nobody, the first, the first two, ..., everybody."""
    chain = np.zeros((players + 1, players), dtype=np.bool_)
    for size, player in enumerate(order, start=1):
        chain[size:, player] = True
    return chain
