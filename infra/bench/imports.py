"""Section 1: what a cold start imports, as multiples of a hello function measured in the same rounds."""

import subprocess
import sys
from functools import partial
from statistics import median

from infra.bench.measure import Samples, interleaved, ratio
from infra.bench.report import Row, Section
from infra.local.deployment import ROOT
from shared.catalogue import FUNCTIONS, Function

ROUNDS = 10
HELLO = "infra.bench.hello"
# argv: the module of the handler, and what a first request needs beyond it. Prints CPU milliseconds after each.
CHILD = """
import sys, time
begin = time.process_time()
__import__(sys.argv[1])
imported = time.process_time()
exec(sys.argv[2])
print(1000 * (imported - begin), 1000 * (time.process_time() - begin))
"""
CLIENT = "from shared.core.aws import client; client('dynamodb')"
DETECTOR = "from shared.activities.service import detector; detector()"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "OMP_NUM_THREADS": "1",
    "VEDETTE_MODELS_PATH": str(ROOT / "layers" / "models"),
}
# Kind of function -> (goal of the import alone, goal with a DynamoDB client).
GOALS = {"api": (1.30, 1.75), "socket": (0.35, 1.0), "worker": (0.35, 1.0)}
SCORING_GOAL = 2.0
SCORING, SCORING_WITH_CLIENT = "scoring", "scoring with client"
METHOD = (
    "CPU of a fresh process from its first line to the imported handler module, then to one DynamoDB client made by "
    "`shared.core.aws`; bytecode present, nothing in the environment but region, credentials and models. "
    f"{ROUNDS} rounds, every function once a round and the hello function (FastAPI, Mangum, one route) twice. "
    "Multiples of hello."
)


NOTES = (
    "`insiders with the detector loaded`: the handler, onnxruntime, numpy and the three models checked and loaded, so "
    "that a first score is possible. The line below adds the DynamoDB client that a first ingest needs as well.",
)


def section(rounds: int = ROUNDS) -> Section:
    """The table."""
    return Section("Import cost of each function", METHOD, rows(measured(rounds)), NOTES)


def measured(rounds: int) -> Samples:
    """CPU milliseconds by target: `<function>` and `<function>+client`."""
    alone: dict[str, list[float]] = {}
    runs = {f"hello {n}": partial(_cold_start, HELLO, "") for n in range(2)}
    runs |= {name: partial(_cold_start, _module(function), _needs(function)) for name, function in FUNCTIONS.items()}
    runs |= {SCORING: partial(_cold_start, _module(FUNCTIONS["insiders"]), DETECTOR)}
    runs |= {SCORING_WITH_CLIENT: partial(_cold_start, _module(FUNCTIONS["insiders"]), f"{CLIENT}; {DETECTOR}")}
    targets = {name: partial(_keep_first, run, alone.setdefault(name, [])) for name, run in runs.items()}
    complete = interleaved(targets, rounds)
    hello = [value for n in range(2) for value in complete.pop(f"hello {n}")]
    imported = {name: values[1:] for name, values in alone.items() if not name.startswith("hello")}
    return {"hello": hello, **imported, **{f"{name}+client": values for name, values in complete.items()}}


def rows(samples: Samples) -> list[Row]:
    """Every function of the catalogue, and scoring."""
    hello = samples["hello"]
    found = [Row("hello function", f"{median(hello):.0f} ms")]
    for name, function in FUNCTIONS.items():
        without, with_client = GOALS[function.kind]
        found.append(_row(f"{name} ({function.kind})", samples[name], hello, without))
        if function.reads or function.writes:
            found.append(_row(f"{name} with a client", samples[f"{name}+client"], hello, with_client))
    found.append(_row("insiders with the detector loaded", samples[f"{SCORING}+client"], hello, SCORING_GOAL))
    both = samples[f"{SCORING_WITH_CLIENT}+client"]
    return [*found, Row("insiders with detector and client", f"{ratio(both, hello):.2f} ({median(both):.0f} ms)")]


def _row(what: str, values: list[float], hello: list[float], goal: float) -> Row:
    return Row.at_most(what, ratio(values, hello), goal, f" ({median(values):.0f} ms)")


def _module(function: Function) -> str:
    return function.handler.rpartition(".")[0]


def _needs(function: Function) -> str:
    return CLIENT if function.reads or function.writes else ""


def _cold_start(module: str, needs: str) -> tuple[float, float]:
    """CPU milliseconds to the imported module, and to everything."""
    command = [sys.executable, "-c", CHILD, module, needs]
    done = subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, check=True)
    imported, complete = map(float, done.stdout.split())
    return imported, complete


def _keep_first(run: "partial[tuple[float, float]]", kept: list[float]) -> float:
    imported, complete = run()
    kept.append(imported)
    return complete
