"""From cells of a table to the numbers that a model sees, and back to the names of what it saw.

What is learned (medians, means, categories) is learned by `fit` from the rows it is given, so that a fold learns
nothing of the rows it is judged on. Training and serving call the same `transform`; an encoding is plain data and goes
into the model's manifest. Numbers are float32, as ONNX and XGBoost take them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from shared.datasets.cells import MOST_NUMBER, is_missing, moment_of, number_of, truth_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FeatureType = Literal["numeric", "boolean", "datetime", "categorical"]
Value = str | float | int | bool | None

MOST_CATEGORIES = 50
RAREST = 2  # rows; what is rarer goes into "other", because nothing can be learned of it
OTHER = "(other)"
DAY = 86_400.0
MOMENT_PARTS = ("day number", "month", "weekday", "hour")


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of the table and how its cells are read."""

    name: str
    type: FeatureType
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Categories:
    """A categorical column that was read: each row's place in `values`."""

    codes: "NDArray[np.intp]"
    values: tuple[str, ...]


# Columns that were read, by name: numbers [rows, parts] with NaN where there is none, or Categories.
Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What was learned of one feature. `fill`, `mean` and `scale` have one number per part of the feature."""

    feature: Feature
    fill: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    had_missing: bool = False
    categories: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the numbers that this feature becomes."""
        name = self.feature.name
        if self.feature.type == "categorical":
            return tuple(f"{name} = {value}" for value in (*self.categories, OTHER))
        parts = [f"{name}: {part}" for part in MOMENT_PARTS] if self.feature.type == "datetime" else [name]
        return (*parts, f"{name} is missing") if self.had_missing else tuple(parts)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What was learned of a table: one entry per feature, in the order of the model's input."""

    features: tuple[Encoded, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for encoded in self.features for name in encoded.names)

    def transform(self, rows: Sequence[Mapping[str, Value]]) -> "NDArray[np.float32]":
        """The matrix [rows, len(names)] of these rows. Cells that cannot be read count as missing."""
        return self.transform_columns(read_columns([encoded.feature for encoded in self.features], rows), len(rows))

    def transform_columns(self, columns: Columns, rows: int) -> "NDArray[np.float32]":
        """The same of columns that were read before."""
        import numpy as np

        blocks = [_block(encoded, columns[encoded.feature.name]) for encoded in self.features]
        return np.concatenate(blocks, axis=1) if blocks else np.zeros((rows, 0), dtype=np.float32)

    def document(self) -> list[dict[str, Any]]:
        """As plain data."""
        return [asdict(encoded) for encoded in self.features]

    @classmethod
    def of(cls, documents: Sequence[Mapping[str, Any]]) -> "Encoding":
        """From plain data."""
        return cls(
            tuple(
                Encoded(
                    feature=Feature(**one["feature"]),
                    fill=tuple(one["fill"]),
                    mean=tuple(one["mean"]),
                    scale=tuple(one["scale"]),
                    low=one["low"],
                    high=one["high"],
                    had_missing=one["had_missing"],
                    categories=tuple(one["categories"]),
                )
                for one in documents
            )
        )


def fit(features: Sequence[Feature], rows: Sequence[Mapping[str, Value]]) -> Encoding:
    """What these rows teach of these features."""
    return fit_columns(features, read_columns(features, rows))


def fit_columns(features: Sequence[Feature], columns: Columns) -> Encoding:
    """The same of columns that were read before."""
    return Encoding(tuple(_fit(feature, columns[feature.name]) for feature in features))


def read_columns(features: Sequence[Feature], rows: Sequence[Mapping[str, Value]]) -> Columns:
    """The cells of these features, read. A training reads them once and learns from many choices of rows."""
    return {feature.name: read_column(feature, [row.get(feature.name) for row in rows]) for feature in features}


def read_column(feature: Feature, cells: Sequence[Value]) -> "NDArray[np.float64] | Categories":
    """One column, read."""
    if feature.type != "categorical":
        return parts_of(feature, cells)
    import numpy as np

    places: dict[str, int] = {}
    codes = [places.setdefault(category_of(cell), len(places)) for cell in cells]
    return Categories(np.array(codes, dtype=np.intp), tuple(places))


def take_rows(columns: Columns, rows: "NDArray[np.intp]") -> Columns:
    """The same columns with some of their rows, in the order given."""
    return {
        name: Categories(column.codes[rows], column.values) if isinstance(column, Categories) else column[rows]
        for name, column in columns.items()
    }


def _fit(feature: Feature, column: Any) -> Encoded:
    return _fit_categories(feature, column) if feature.type == "categorical" else _fit_numbers(feature, column)


def _fit_categories(feature: Feature, column: Categories) -> Encoded:
    """The most frequent categories, ties by name, so that the order of the rows decides nothing."""
    import numpy as np

    numbers = np.bincount(column.codes, minlength=len(column.values))
    counts = {value: int(n) for value, n in zip(column.values, numbers, strict=True) if n >= RAREST}
    usual = sorted(counts, key=lambda value: (-counts[value], value))
    return Encoded(feature, categories=tuple(sorted(usual[:MOST_CATEGORIES])))


def _fit_numbers(feature: Feature, parts: "NDArray[np.float64]") -> Encoded:
    import numpy as np

    missing = np.isnan(parts[:, 0])
    known = parts[~missing]
    if not len(known):
        width = parts.shape[1]
        return Encoded(feature, (0.0,) * width, (0.0,) * width, (1.0,) * width, had_missing=True)
    fill = np.median(known, axis=0)
    filled = np.where(np.isnan(parts), fill, parts)
    spread = filled.std(axis=0)
    return Encoded(
        feature,
        fill=tuple(map(float, fill)),
        mean=tuple(map(float, filled.mean(axis=0))),
        scale=tuple(float(s) if s > 0 else 1.0 for s in spread),
        low=float(known[:, 0].min()),
        high=float(known[:, 0].max()),
        had_missing=bool(missing.any()),
    )


def _block(encoded: Encoded, column: Any) -> "NDArray[np.float32]":
    import numpy as np

    if isinstance(column, Categories):
        return _one_hot(encoded, column)
    missing = np.isnan(column[:, :1])
    filled = np.where(np.isnan(column), np.array(encoded.fill), column)
    scaled = (filled - np.array(encoded.mean)) / np.array(encoded.scale)
    block = np.concatenate([scaled, missing], axis=1) if encoded.had_missing else scaled
    return block.astype(np.float32)


def _one_hot(encoded: Encoded, column: Categories) -> "NDArray[np.float32]":
    import numpy as np

    place = {value: number for number, value in enumerate(encoded.categories)}
    other = len(encoded.categories)
    places = np.array([place.get(value, other) for value in column.values], dtype=np.intp)
    block = np.zeros((len(column.codes), other + 1), dtype=np.float32)
    block[np.arange(len(column.codes)), places[column.codes]] = 1.0
    return block


def category_of(cell: Value) -> str:
    """A cell as a category; a missing one is a category of its own, because that a value is missing can say much."""
    if cell is None or (isinstance(cell, str) and is_missing(cell)):
        return "(missing)"
    return cell.strip() if isinstance(cell, str) else str(cell)


def parts_of(feature: Feature, cells: Sequence[Value]) -> "NDArray[np.float64]":
    """[rows, parts] numbers of a feature that is not categorical; NaN where there is none."""
    import numpy as np

    width = len(MOMENT_PARTS) if feature.type == "datetime" else 1
    parts = np.full((len(cells), width), np.nan)
    for row, cell in enumerate(cells):
        numbers = read(feature, cell)
        if numbers is not None:
            parts[row] = numbers
    return parts


def read(feature: Feature, cell: Value) -> tuple[float, ...] | None:
    """The numbers in one cell; None if it is missing or is no value of this type."""
    if cell is None or (isinstance(cell, str) and is_missing(cell)):
        return None
    if feature.type == "datetime":
        return _moment(cell)
    if feature.type == "boolean":
        return _truth(cell)
    value = float(cell) if isinstance(cell, int | float) else number_of(cell, feature.decimal)
    return None if value is None or not abs(value) <= MOST_NUMBER else (value,)


def _truth(cell: Value) -> tuple[float, ...] | None:
    if isinstance(cell, bool | int | float):
        return (float(bool(cell)),)
    truth = truth_of(str(cell))
    return None if truth is None else (float(truth),)


def _moment(cell: Value) -> tuple[float, ...] | None:
    moment = moment_of(str(cell))
    if moment is None:
        return None
    days = moment.toordinal() + (moment.hour * 3600 + moment.minute * 60 + moment.second) / DAY
    return (days, float(moment.month), float(moment.weekday()), float(moment.hour))
