"""Data sets of scikit-learn as uploaded files, and ways to plant a leak in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from functions.train_model.tabular.frame import Frame
from shared.datasets.faults import Faults
from shared.datasets.profile import profile_of

UPLOADED = datetime(2026, 6, 1, tzinfo=UTC)
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Data:
    """Columns of text, the target last. `clean` are the columns that nobody has planted anything in."""

    columns: dict[str, list[str]]
    task: str
    clean: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.columns["target"])

    @property
    def target(self) -> np.ndarray[Any, Any]:
        """Places of classes, or numbers."""
        if self.task == "regression":
            return np.array([float(cell) for cell in self.columns["target"]])
        return np.unique(np.array(self.columns["target"]), return_inverse=True)[1]

    def put(self, name: str, values: Any) -> None:
        """A new column before the target."""
        target = self.columns.pop("target")
        self.columns |= {name: [str(value) for value in values], "target": target}

    def take(self, rows: Any) -> None:
        self.columns = {name: [cells[row] for row in rows] for name, cells in self.columns.items()}

    def frame(self) -> Frame:
        names = list(self.columns)
        profiles = profile_of(names, zip(*self.columns.values(), strict=True), ",", Faults())
        return Frame(
            cells=self.columns,
            types={one.name: one.type for one in profiles},
            reasons={one.name: one.reason for one in profiles},
            decimals={one.name: one.decimal for one in profiles},
            numbers=np.arange(self.rows, dtype=np.intp),
        )


def data_set(name: str) -> Data:
    """A clean data set: rows in random order, as most files are not."""
    from sklearn import datasets

    if name.startswith("made"):
        x, y = _made(name)
        names = [f"measure_{number}" for number in range(x.shape[1])]
        task = "regression" if name.endswith("numbers") else "classification"
    else:
        loaded = getattr(datasets, f"load_{name}")()
        x, y, names = loaded.data, loaded.target, [str(one) for one in getattr(loaded, "feature_names", [])]
        names = names or [f"pixel_{number}" for number in range(x.shape[1])]
        task = "regression" if name == "diabetes" else "classification"
    rows = np.random.default_rng(5).permutation(len(x))[:700]
    x, y = x[rows], y[rows]
    keep = [place for place in range(x.shape[1]) if len(np.unique(x[:, place])) > 1][:40]
    columns = {names[place]: [f"{value:.6g}" for value in x[:, place]] for place in keep}
    data = Data(columns, task, list(columns))
    data.columns["target"] = [f"class {label}" if task == "classification" else f"{label:.6g}" for label in y]
    return data


def _made(name: str) -> Any:
    from sklearn import datasets

    if name == "made_numbers":
        return datasets.make_regression(500, 8, n_informative=5, noise=20.0, random_state=3)
    if name == "made_rare":
        return datasets.make_classification(700, 10, n_informative=5, weights=[0.85], flip_y=0.05, random_state=4)
    return datasets.make_classification(600, 10, n_informative=5, n_classes=3, flip_y=0.05, random_state=5)


SETS = ("iris", "wine", "breast_cancer", "digits", "diabetes", "made_numbers", "made_rare", "made_three")


@dataclass(frozen=True)
class Kind:
    """A leak: how it is planted, the check that has to see it, in which column (None: in the rows)."""

    plant: Callable[[Data, np.random.Generator], None]
    check: tuple[str, ...]
    column: str | None = "planted"
    by_time: bool = False


def copy(data: Data, chance: np.random.Generator) -> None:
    data.put("planted", data.columns["target"])


def renamed(data: Data, chance: np.random.Generator) -> None:
    """Other words for the classes, or the numbers on another scale."""
    if data.task == "regression":
        data.put("planted", [f"{3.5 - 0.02 * value:.9g}" for value in data.target])
    else:
        data.put("planted", [chr(ord("z") - int(label)) for label in data.target])


def same_order(data: Data, chance: np.random.Generator) -> None:
    """Numbers that rise with the target; for classes each gets a number."""
    if data.task == "regression":
        low = data.target.min()
        data.put("planted", [f"{np.log1p(value - low):.9g}" for value in data.target])
    else:
        data.put("planted", [int(label) * 7 + 3 for label in data.target])


def noisy_copy(data: Data, chance: np.random.Generator) -> None:
    """The answer with a little noise."""
    y = data.target.astype(float)
    data.put("planted", [f"{value:.5f}" for value in y + chance.normal(size=len(y)) * (0.02 * y.std() + 1e-9)])


def by_category(data: Data, chance: np.random.Generator) -> None:
    """A code of which each value belongs to one answer."""
    y = data.target
    part = (
        np.clip(np.digitize(y, np.quantile(y, np.linspace(0, 1, 41)[1:-1])), 0, 39) if data.task == "regression" else y
    )
    extra = chance.integers(0, 1 if data.task == "regression" else 3, len(y))
    data.put("planted", [f"code {int(a)}-{int(b)}" for a, b in zip(part, extra, strict=True)])


def target_mean(data: Data, chance: np.random.Generator) -> None:
    """A category replaced by the mean of the answers in it, as a target encoder does outside a fold."""
    y = data.target
    aim = (y == 0).astype(float) if data.task == "classification" else y
    # Categories that have a little to do with the answer, as real ones do.
    group = np.clip((np.argsort(np.argsort(aim + chance.normal(size=len(y)) * 2 * aim.std())) * 12 // len(y)), 0, 11)
    means = np.array([aim[group == number].mean() for number in range(12)])
    data.put("planted", [f"{means[number]:.6g}" for number in group])


def counted_id(data: Data, chance: np.random.Generator) -> None:
    """Ids given out in the order of the answer."""
    order = np.argsort(data.target + chance.normal(size=data.rows) * 1e-6, kind="stable")
    ids = np.empty(data.rows, dtype=int)
    ids[order] = np.arange(data.rows) * 3 + 1000
    data.put("customer_id", [f"C{number}" for number in ids])


def twins(data: Data, chance: np.random.Generator) -> None:
    """A tenth of the rows twice."""
    again = chance.choice(data.rows, data.rows // 6, replace=False)
    data.take(chance.permutation(np.concatenate([np.arange(data.rows), again])))


def groups(data: Data, chance: np.random.Generator) -> None:
    """Several rows of each patient, all with the patient's answer."""
    order = np.argsort(data.target, kind="stable")
    number = np.empty(data.rows, dtype=int)
    number[order] = np.arange(data.rows) // 5
    data.put("patient", [f"P{one:04d}x" for one in number])


def over_time(data: Data, chance: np.random.Generator) -> None:
    """The answer changes over the year."""
    y = data.target.astype(float)
    order = np.argsort(np.argsort(y + chance.normal(size=len(y)) * 0.5 * y.std()))
    data.put("when", [(FIRST_DAY + timedelta(hours=12 * int(place))).strftime("%Y-%m-%d %H:%M:%S") for place in order])


def to_come(data: Data, chance: np.random.Generator) -> None:
    """Some times lie in the future."""
    days = chance.integers(0, 300, data.rows) + 365 * 3 * (chance.random(data.rows) < 0.05)
    data.put("when", [(FIRST_DAY + timedelta(days=int(day))).strftime("%Y-%m-%d") for day in days])


def named(data: Data, chance: np.random.Generator) -> None:
    """A name that speaks of the time after."""
    data.put("refund_amount", [f"{value:.3f}" for value in chance.random(data.rows) * 9])


def same(data: Data, chance: np.random.Generator) -> None:
    data.put("planted", ["x"] * data.rows)


def stands_still(data: Data, chance: np.random.Generator) -> None:
    """A column that was no longer kept in the last third of the time."""
    day = np.arange(data.rows)
    data.put("when", [(FIRST_DAY + timedelta(hours=int(one))).strftime("%Y-%m-%d %H:%M:%S") for one in day])
    late = day > 0.7 * data.rows
    data.put(
        "planted", [f"{0.0 if gone else value:.4f}" for gone, value in zip(late, chance.random(len(day)), strict=True)]
    )


def sorted_rows(data: Data, chance: np.random.Generator) -> None:
    data.take(np.argsort(data.target, kind="stable"))


def gaps(data: Data, chance: np.random.Generator) -> None:
    """Filled in for some answers only."""
    y = data.target
    marked = y == 0 if data.task == "classification" else y > np.median(y)
    gone = np.where(chance.random(data.rows) < 0.06, ~marked, marked)
    values = chance.random(data.rows)
    data.put("planted", ["" if empty else f"{value:.4f}" for empty, value in zip(gone, values, strict=True)])


KINDS = {
    "copy": Kind(copy, ("target_copy",)),
    "renamed": Kind(renamed, ("target_copy",)),
    "same order": Kind(same_order, ("target_copy",)),
    "noisy copy": Kind(noisy_copy, ("near_perfect", "target_copy")),
    "by category": Kind(by_category, ("near_perfect", "target_copy")),
    "target mean": Kind(target_mean, ("target_encoded",)),
    "counted id": Kind(counted_id, ("id_like",), "customer_id"),
    "twins": Kind(twins, ("duplicates_across_split",), None),
    "groups": Kind(groups, ("group_overlap",), "patient"),
    "over time": Kind(over_time, ("time_order",), "when"),
    "to come": Kind(to_come, ("future_timestamps",), "when"),
    "named": Kind(named, ("post_outcome_name",), "refund_amount"),
    "same": Kind(same, ("constant",)),
    "stands still": Kind(stands_still, ("constant_in_test",), "planted", by_time=True),
    "sorted rows": Kind(sorted_rows, ("sort_order",), None),
    "gaps": Kind(gaps, ("missingness",)),
}
