"""The runtime: a pool of workers per function, growing to a small maximum, as Lambda grows environments."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.local.console import complain
from infra.local.runtime.functions import LocalFunction
from infra.local.runtime.invocation import Invocation, Outcome, failure
from infra.local.runtime.launching import Launcher
from infra.local.runtime.workers import Worker


class Pool:
    """The workers of one function. The one used last is used first, so that the others stay cold and cheap."""

    def __init__(self, function: LocalFunction, launcher: Launcher, logs: Path) -> None:
        self.function = function
        self._launcher = launcher
        self._logs = logs
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._room = asyncio.Semaphore(function.workers)

    async def invoke(self, invocation: Invocation) -> Outcome:
        async with self._room:
            worker = await self._take()
            try:
                return await worker.invoke(self.function, invocation)
            except asyncio.CancelledError:
                worker.kill()
                raise
            finally:
                self._put_back(worker)

    async def warm_up(self) -> None:
        async with self._room:
            if not self._idle:
                self._put_back(await self._take())

    async def _take(self) -> Worker:
        if self._idle:
            return self._idle.pop()
        worker = await Worker.start(self.function, self._launcher, self._logs)
        self._all.add(worker)
        return worker

    def _put_back(self, worker: Worker) -> None:
        if worker.alive:
            self._idle.append(worker)
        else:
            self._all.discard(worker)

    def close(self) -> None:
        for worker in self._all:
            worker.kill()


class Runtime:
    """Invokes functions by their full name. `invoke` from the event loop, `invoke_from_thread` from anywhere else."""

    def __init__(self, functions: Mapping[str, LocalFunction], launcher: Launcher, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._launcher = launcher
        self._logs = logs
        self._pools = {name: Pool(function, launcher, logs) for name, function in functions.items()}
        self._loop = asyncio.get_running_loop()

    async def invoke(self, name: str, payload: bytes) -> Outcome:
        pool = self._pools.get(name)
        if pool is None:
            return failure("ResourceNotFoundException", f"Function not found: {name}")
        outcome = await pool.invoke(Invocation(payload))
        if outcome.error:
            complain(f"{name} failed: {outcome.reason()} (see {self._logs / name.split('-', 2)[-1]}.log)")
        return outcome

    def invoke_from_thread(self, name: str, payload: bytes) -> Outcome:
        return asyncio.run_coroutine_threadsafe(self.invoke(name, payload), self._loop).result()

    async def warm_up(self, names: Iterable[str]) -> None:
        """One worker each, one after the other: warming up must not slow down what is already asked for."""
        for name in names:
            await self._pools[name].warm_up()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
