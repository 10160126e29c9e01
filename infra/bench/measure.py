"""Measuring side by side: every target once a round, the order turned each round, medians over the rounds."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Samples = dict[str, list[float]]


def interleaved(targets: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 1) -> Samples:
    """What each target answered in each round. The first `warm_up` rounds are thrown away."""
    names, samples = list(targets), {name: list[float]() for name in targets}
    for number in range(rounds + warm_up):
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            value = targets[name]()
            if number >= warm_up:
                samples[name].append(value)
    return samples


def cpu_of(call: Callable[[], object], times: int) -> Callable[[], float]:
    """A target: the microseconds of CPU of this process that one of `times` calls takes."""

    def target() -> float:
        begin = time.process_time()
        for _ in range(times):
            call()
        return 1e6 * (time.process_time() - begin) / times

    return target


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(values: list[float], yardstick: list[float]) -> float:
    """Median over median."""
    return median(values) / median(yardstick)
