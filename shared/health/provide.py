"""The health service, put together once per process."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from shared.core.clock import utc_now
from shared.health.service import Check, HealthService
from shared.storage.schema import DIRECTORY, INSIDERS, LIVE, Table
from shared.storage.store import store

# Which table a service cannot live without. A key that nobody writes is asked for: the answer counts, not what it says.
TABLE_OF: dict[str, Table] = {"insider-threats": INSIDERS, "live-updates": LIVE, "platform": DIRECTORY}
PROBE = {"pk": "HEALTH", "sk": "PROBE"}
THREADS = 8


@cache
def health_service() -> HealthService:
    checks: dict[str, Check] = {name: partial(_answers, table) for name, table in TABLE_OF.items()}
    return HealthService(checks, ThreadPoolExecutor(THREADS, thread_name_prefix="health"), utc_now)


def _answers(table: Table) -> object:
    return store().get(table, PROBE)
