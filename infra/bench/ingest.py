"""Section 2: one activity through the front door while few, and while many, are stored.

Two platforms run side by side, a small one and a large one, and are asked in turn. The large one is also asked before
it is filled. Steady people have the same short history on both, so that for them only the store differs; the others'
own history grows with the store.
"""

from collections.abc import Mapping
from statistics import median

from infra.bench.client import Client
from infra.bench.measure import Samples, interleaved, percentile, ratio
from infra.bench.platform import BenchPlatform, started
from infra.bench.population import DAYS, PEOPLE, STEADY, people
from infra.bench.report import Row, Section
from infra.bench.sending import REQUESTS, Sender, sender

SMALL, LARGE = 1_000, 100_000
ROUNDS = 14
GOAL = 1.3
EACH_SMALL = SMALL // PEOPLE
IDS = [subject.subject_id for subject in people()]
STEADY_IDS, GROWING_IDS = IDS[:STEADY], IDS[STEADY:]
WHO = {"steady": "same people, same history", "growing": "people whose own history grew"}


def section(large: int = LARGE, rounds: int = ROUNDS) -> Section:
    """The table. `large` is the number of activities that the large platform holds, at least 2,000."""
    each = (large - STEADY * EACH_SMALL) // len(GROWING_IDS)
    senders = measured(each, rounds)
    samples = {name: one.measured() for name, one in senders.items()}
    return Section("Ingest through the gateway", _method(large, rounds), _rows(samples, large), _notes(each, senders))


def measured(each: int, rounds: int) -> dict[str, Sender]:
    """Four senders to two filled platforms, and `before` to the large one while it was small."""
    with started() as one, started() as other, Client(one.port) as to_large, Client(other.port) as to_small:
        _prepare(one, each)
        _prepare(other, EACH_SMALL)
        # To both, so that the same people have done the same when it comes to comparing.
        before = {"before": sender(to_large, STEADY_IDS, "before"), "aside": sender(to_small, STEADY_IDS, "before")}
        _take_turns(before, rounds)
        one.fill(GROWING_IDS, each, first=EACH_SMALL)
        clients, ids = {"small": to_small, "large": to_large}, {"steady": STEADY_IDS, "growing": GROWING_IDS}
        after = {f"{size}, {who}": sender(clients[size], ids[who], who) for who in ids for size in clients}
        _take_turns(after, rounds)
    return after | {"before": before["before"]}


def _take_turns(senders: Mapping[str, Sender], rounds: int) -> None:
    interleaved({name: one.block for name, one in senders.items()}, rounds)


def _prepare(platform: BenchPlatform, each: int) -> None:
    """The people, SMALL activities, and a baseline. The growing ones' are the beginning of `each`."""
    platform.register()
    platform.fill(STEADY_IDS, EACH_SMALL)
    platform.fill(GROWING_IDS, each, last=EACH_SMALL)


def _rows(samples: Samples, large: int) -> list[Row]:
    before, few, many = samples["before"], f"{SMALL:,} stored", f"{large:,} stored"
    rows = [row for who, said in WHO.items() for row in _pair(samples, who, said, few, many)]
    rows.append(_row(f"the large platform before it was filled, same people, {few}", before))
    after = ratio(samples["large, steady"], before)
    return [*rows, Row("the large platform after / before, p50 ratio (minutes apart)", f"{after:.2f}")]


def _pair(samples: Samples, who: str, said: str, few: str, many: str) -> list[Row]:
    small, large = samples[f"small, {who}"], samples[f"large, {who}"]
    return [
        _row(f"{said}, {few}", small),
        _row(f"{said}, {many}", large),
        Row.at_most(f"{said}, p50 ratio", ratio(large, small), GOAL),
        Row(f"{said}, p99 ratio", f"{percentile(large, 0.99) / percentile(small, 0.99):.2f}"),
    ]


def _row(what: str, values: list[float]) -> Row:
    return Row(what, f"p50 {median(values):.1f} ms, p99 {percentile(values, 0.99):.1f} ms (n={len(values)})")


def _method(large: int, rounds: int) -> str:
    return (
        "POST /api/activities/ingest over a keep-alive connection, wall time, against two platforms in processes of "
        f"their own (`python -m infra.local --no-demonstration`), {PEOPLE} people, {SMALL:,} and {large:,} activities "
        f"of the last {DAYS} days loaded by the product's own pipeline, baseline built. {rounds} rounds of {REQUESTS} "
        "requests per row, the rows in turn."
    )


def _notes(each: int, senders: Mapping[str, Sender]) -> list[str]:
    raised = ", ".join(f"{one.alarming} ({name})" for name, one in senders.items())
    return [
        f"Steady: {STEADY} people with {EACH_SMALL} activities each on both platforms, so the ratio is the store's "
        f"alone. Growing: {len(GROWING_IDS)} people with {EACH_SMALL} activities each on the small platform and "
        f"{each:,} on the large one ({each / DAYS:.0f} a day).",
        f"Answers with an alert do more and are left out: {raised}.",
    ]
