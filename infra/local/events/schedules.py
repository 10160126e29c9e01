"""EventBridge rules on schedule: the catalogue's functions and workflows, started when their time has come."""

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.console import complain
from infra.local.events.cron import next_time
from infra.local.runtime.invocation import ACCOUNT, REGION, Outcome

TICK_SECONDS = 0.2
# EventBridge tries a target again; CDK sets two retries.
ATTEMPTS = 3
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ScheduledRule:
    """`target` is a function's full name, or the ARN of a state machine."""

    name: str
    expression: str
    target: str

    @property
    def starts_workflow(self) -> bool:
        return ":stateMachine:" in self.target


Invoke = Callable[[str, bytes], Outcome]
StartWorkflow = Callable[[str, str], Any]


class Schedules:
    def __init__(
        self, rules: list[ScheduledRule], invoke: Invoke, start_workflow: StartWorkflow, speed: float = 1.0
    ) -> None:
        self._rules = rules
        self._invoke = invoke
        self._start_workflow = start_workflow
        self._speed = speed
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)
        self._firing = ThreadPoolExecutor(4, thread_name_prefix="scheduled")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._firing.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        due = {rule.name: self._after(rule, datetime.now(UTC)) for rule in self._rules}
        while not self._stopped.wait(TICK_SECONDS):
            now = datetime.now(UTC)
            for rule in self._rules:
                time = due[rule.name]
                if time is not None and now >= time:
                    due[rule.name] = self._after(rule, now)
                    self._firing.submit(self._fire, rule, now)

    def _after(self, rule: ScheduledRule, now: datetime) -> datetime | None:
        return next_time(rule.expression, now, self._speed)

    def _fire(self, rule: ScheduledRule, now: datetime) -> None:
        if rule.starts_workflow:
            self._start(rule)
            return
        payload = json.dumps(scheduled_event(rule, now)).encode()
        for _ in range(ATTEMPTS):
            if not self._invoke(rule.target, payload).error or self._stopped.wait(RETRY_SECONDS):
                return
        complain(f"the schedule {rule.name} gave up an event")

    def _start(self, rule: ScheduledRule) -> None:
        try:
            # Named, because moto calls every unnamed execution "None" and refuses the second.
            self._start_workflow(rule.target, str(uuid.uuid4()))
        except Exception as error:
            complain(f"the schedule {rule.name} could not start {rule.target}: {error}")


def scheduled_event(rule: ScheduledRule, now: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule.name}"],
        "detail": {},
    }
