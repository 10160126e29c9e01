"""How many crash points each operation had, counted over all workers of a test run and printed at its end."""

from typing import Any

import pytest

CRASH_POINTS = pytest.StashKey[dict[str, int]]()


@pytest.fixture
def crash_points(request: pytest.FixtureRequest) -> dict[str, int]:
    """How many crash points each operation had, for the summary."""
    return request.config.stash.setdefault(CRASH_POINTS, {})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands its counts to who prints them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["crash_points"] = session.config.stash.get(CRASH_POINTS, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    counted = node.config.stash.setdefault(CRASH_POINTS, {})
    counted.update(getattr(node, "workeroutput", {}).get("crash_points", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counted = config.stash.get(CRASH_POINTS, {})
    if counted:
        names = ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
        terminalreporter.write_line(f"{sum(counted.values())} crash points in {len(counted)} operations: {names}")
