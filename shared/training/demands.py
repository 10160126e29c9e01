"""What can be refused before a job exists: parameters that do not fit the data set."""

from collections.abc import Iterable

from shared.core.errors import Invalid
from shared.datasets.model import Dataset
from shared.training.model import Wanted

FEWEST_ROWS = 20
NUMBERS = ("numeric", "id", "constant")
# Every leakage check by name; functions/train_model/tabular/leaks holds what each of them does.
CHECKS = (
    "target_copy",
    "near_perfect",
    "target_encoded",
    "id_like",
    "duplicates_across_split",
    "group_overlap",
    "time_order",
    "future_timestamps",
    "post_outcome_name",
    "constant",
    "constant_in_test",
    "sort_order",
    "missingness",
)


def check_wanted(wanted: Wanted, dataset: Dataset) -> None:
    """Invalid, with the field and the reason, for the first demand that this file cannot meet."""
    if dataset.rows < FEWEST_ROWS:
        raise Invalid(f"file_id: the file has {dataset.rows} rows; at least {FEWEST_ROWS} are needed to train")
    _check_columns(wanted, dataset)
    _check_target(wanted, dataset)
    _check_names("checks", wanted.checks, (*CHECKS, "*"))


def _check_columns(wanted: Wanted, dataset: Dataset) -> None:
    named = {"target_column": wanted.target_column, "group_column": wanted.group_column,
             "time_column": wanted.time_column}  # fmt: skip
    for field, column in named.items():
        if column is not None:
            _check_names(field, [column], dataset.column_names)
    _check_names("types", wanted.types, dataset.column_names)
    target = wanted.target_column or dataset.column_names[-1]
    if target in (wanted.group_column, wanted.time_column):
        raise Invalid(f"target_column: '{target}' cannot be the target and part the rows")
    if wanted.group_column and wanted.time_column:
        raise Invalid("time_column: give a group_column or a time_column, not both")


def _check_target(wanted: Wanted, dataset: Dataset) -> None:
    name = wanted.target_column or dataset.column_names[-1]
    (target,) = (column for column in dataset.columns if column.name == name)
    if dataset.profiled < dataset.rows:
        return  # what the other rows hold, the training will see
    if target.type in ("constant", "empty"):
        raise Invalid(f"target_column: '{name}' has no two different values ({target.reason})")
    if wanted.model_type == "regression" and target.type not in NUMBERS:
        raise Invalid(f"model_type: '{name}' is {target.type} ({target.reason}); regression needs numbers")


def _check_names(field: str, names: Iterable[str], known: Iterable[str]) -> None:
    allowed = set(known)
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise Invalid(f"{field}: '{unknown[0]}' is not one of {', '.join(sorted(allowed)[:20])}")
