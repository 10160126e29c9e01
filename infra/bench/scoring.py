"""Section 3: the models by ONNX Runtime against the libraries that trained them, and the detector as a whole."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

from infra.bench.measure import Samples, cpu_of, interleaved
from infra.bench.natives import Opponents, nodes_of, opponents, random_evidence
from infra.bench.population import history, people, today_activities
from infra.bench.report import Row, Section
from infra.local.deployment import ROOT
from shared.activities.model import Activity
from shared.behaviour.state import BehaviourState
from shared.core.clock import utc_now
from shared.drills.scripts import SCRIPTS
from shared.subjects.model import Subject
from shared.threats.scoring import Detector

ROUNDS, MANY = 12, 1_000
MODELS = ROOT / "layers" / "models" / "insiders"
# The design's research measured 18 for XGBoost and several hundred for the forests; less than 10 would be a surprise.
GOAL_ONE_ROW = 10.0
GOAL_PARITY = 1e-5
PAST, TODAY = 1200, 12  # activities of the person who is scored
METHOD = (
    f"CPU, one thread, {ROUNDS} rounds, every target once a round. The members are fitted anew by the training code "
    "(`functions/train_model/insiders/members.py`) on random evidence and exported by it: one model in two runtimes."
)


def section(rounds: int = ROUNDS) -> Section:
    """The table."""
    pairs, targets = opponents(), dict[str, Callable[[], float]]()
    for pair in pairs:
        targets |= _targets(pair)
    samples = interleaved(targets | _detector_targets(), rounds)
    rows = [row for pair in pairs for row in _rows(pair, samples)]
    return Section("Scoring", METHOD, rows + _whole(pairs, samples) + _detector_rows(samples), [_sizes(pairs)])


def _targets(pair: Opponents) -> dict[str, Callable[[], float]]:
    one, many = random_evidence(1), random_evidence(MANY)
    return {
        f"{pair.name} onnx 1": cpu_of(partial(pair.onnx.run, one), 200),
        f"{pair.name} native 1": cpu_of(partial(pair.read, pair.native, one), 5),
        f"{pair.name} onnx {MANY}": cpu_of(partial(pair.onnx.run, many), 3),
        f"{pair.name} native {MANY}": cpu_of(partial(pair.read, pair.native, many), 3),
    }


def _detector_targets() -> dict[str, Callable[[], float]]:
    detector, (subject, state), day = Detector.load(MODELS), _somebody(), utc_now().date()
    alarming = _alarmed(subject, BehaviourState.from_bytes(state.to_bytes()))
    row = detector.evaluate(state, subject, day, None).row
    return {
        "score": cpu_of(partial(detector.score, state, subject, day, None), 10),
        "evaluate": cpu_of(partial(detector.evaluate, state, subject, day, None), 10),
        "models": cpu_of(partial(detector.outputs, row), 100),
        "explain": cpu_of(partial(detector.explain, state, subject, day, None), 2),
        "explain alarming": cpu_of(partial(detector.explain, alarming, subject, day, None), 2),
        "state": cpu_of(lambda: BehaviourState.from_bytes(state.to_bytes()), 3),
    }


def _somebody() -> tuple[Subject, BehaviourState]:
    """A person with sixty full days behind them and some activities today."""
    subject, now = people(1)[0], utc_now()
    state = BehaviourState.for_subject(subject)
    for activity in (*history(subject, PAST, now.date()), *islice(today_activities(subject, "today", now), TODAY)):
        state.apply(activity)
    return subject, state


def _alarmed(subject: Subject, state: BehaviourState) -> BehaviourState:
    """The same person after everything that a drill can do, today."""
    now = utc_now()
    for name, script in SCRIPTS.items():
        for n, draft in enumerate(script(now)):
            at, details = now - timedelta(seconds=n), draft.details
            state.apply(Activity(f"{name}-{n}", subject.subject_id, draft.activity_type, at, details, draft.ip_address))
    return state


def _rows(pair: Opponents, samples: Samples) -> list[Row]:
    found = []
    for count in (1, MANY):
        onnx, native = (median(samples[f"{pair.name} {runtime} {count}"]) for runtime in ("onnx", "native"))
        found.append(_gain(f"{pair.name}, {_rows_said(count)}", onnx, native, GOAL_ONE_ROW if count == 1 else None))
    difference = pair.difference(random_evidence(MANY))
    goal, met = f"<= {GOAL_PARITY:.0e}", difference <= GOAL_PARITY
    return [*found, Row(f"{pair.name}, largest difference on {MANY:,} rows", f"{difference:.0e}", goal, met)]


def _whole(pairs: list[Opponents], samples: Samples) -> list[Row]:
    found = []
    for count in (1, MANY):
        onnx, native = (
            sum(median(samples[f"{pair.name} {runtime} {count}"]) for pair in pairs) for runtime in ("onnx", "native")
        )
        found.append(_gain(f"all three, {_rows_said(count)}", onnx, native, GOAL_ONE_ROW if count == 1 else None))
    return found


def _gain(what: str, onnx: float, native: float, goal: float | None) -> Row:
    """How many times the CPU of ONNX the native library takes."""
    gain = native / onnx
    measured = f"{gain:.1f} times as fast ({_time(onnx)} against {_time(native)})"
    return Row(what, measured) if goal is None else Row(what, measured, f">= {goal:.0f}", gain >= goal)


def _detector_rows(samples: Samples) -> list[Row]:
    score, evaluate, models, state = (median(samples[name]) for name in ("score", "evaluate", "models", "state"))
    ordinary, alarming = (median(samples[name]) for name in ("explain", "explain alarming"))
    return [
        Row("detector.score(), everything", _time(score)),
        Row("of which features, evidence and rules", f"{_time(evaluate)} ({evaluate / score:.0%})"),
        Row("of which the three shipped models", f"{_time(models)} ({models / score:.0%})"),
        Row("detector.explain() of an ordinary day", f"{_time(ordinary)}, {ordinary / score:.1f} scores"),
        Row("detector.explain() of a day with all drills", f"{_time(alarming)}, {alarming / score:.1f} scores"),
        Row(f"the person's behaviour ({PAST:,} activities) written and read", _time(state)),
    ]


def _sizes(pairs: list[Opponents]) -> str:
    sizes: list[Any] = [
        (pair.name, pair.nodes, nodes_of((MODELS / f"{pair.name}.onnx").read_bytes())) for pair in pairs
    ]
    said = ", ".join(f"{name} {fitted:,} ({shipped:,})" for name, fitted, shipped in sizes)
    return (
        f"Nodes of the models compared (of the shipped ones): {said}. In batches XGBoost's own code is expected to win."
    )


def _rows_said(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"


def _time(microseconds: float) -> str:
    return f"{microseconds / 1000:.2f} ms" if microseconds >= 1000 else f"{microseconds:.0f} us"
