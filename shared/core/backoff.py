"""Waiting before another try: full jitter, so that those who met once do not meet again."""

import random
import time

FIRST_SECONDS = 0.004
MOST_SECONDS = 0.25
# Not the global generator: all environments restored from one SnapStart snapshot would wait the same time.
RANDOM = random.SystemRandom()


def pause(attempt: int) -> None:
    """Waits a random time below `0.004 * 2**attempt` seconds, a quarter of a second at the most."""
    time.sleep(RANDOM.uniform(0, min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(attempt, 10))))
