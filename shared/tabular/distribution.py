"""How the values of each feature are distributed: counts by bin, learned in training and counted again in serving.

A number's bins are parted by quantiles of the training rows, so that each held about the same share of them; a category
is a bin of its own. The last bin of every feature counts missing values, and the one before it, of a categorical
feature, everything else. Plain data: it goes into the model's manifest.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.tabular.features import Categories, Columns, Encoding, Feature, category_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 10
MOST_CATEGORIES = 20
MISSING = category_of(None)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One feature's bins. `edges` of a number or moment, `categories` of a category; `counts` of the training rows."""

    name: str
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Distribution":
        """From the manifest."""
        edges, categories = (tuple(document[name]) for name in ("edges", "categories"))
        return cls(str(document["name"]), edges, categories, tuple(int(n) for n in document["counts"]))

    @property
    def labels(self) -> list[str]:
        """A name for each bin."""
        if self.categories:
            return [*self.categories, "(other)", MISSING]
        if not self.edges:
            return ["(any)", MISSING]
        between = [f"{low:g} to {high:g}" for low, high in zip(self.edges, self.edges[1:], strict=False)]
        return [f"below {self.edges[0]:g}", *between, f"from {self.edges[-1]:g}", MISSING]

    def bins(self, column: Any) -> "NDArray[np.intp]":
        """The bin of each cell of a column that was read (shared/tabular/features.py)."""
        import numpy as np

        if isinstance(column, Categories):
            return self._category_bins(column)
        values = column[:, 0]
        found = np.searchsorted(np.array(self.edges), values, side="right")
        return np.where(np.isnan(values), len(self.edges) + 1, found)

    def counted(self, column: Any) -> tuple[int, ...]:
        """How many cells of a column fall into each bin."""
        import numpy as np

        return tuple(int(n) for n in np.bincount(self.bins(column), minlength=len(self.labels)))

    def _category_bins(self, column: Categories) -> "NDArray[np.intp]":
        import numpy as np

        places = {category: place for place, category in enumerate(self.categories)}
        other = len(self.categories)
        places[MISSING] = other + 1
        return np.array([places.get(value, other) for value in column.values], dtype=np.intp)[column.codes]


def distributions(encoding: Encoding, columns: Columns) -> list[dict[str, Any]]:
    """What the manifest says under "profile": one entry per feature, in the encoding's order."""
    return [asdict(_learned(encoded.feature, columns[encoded.feature.name])) for encoded in encoding.features]


def _learned(feature: Feature, column: Any) -> Distribution:
    empty = Distribution(feature.name, _edges(feature, column), _categories(column), ())
    return replace(empty, counts=empty.counted(column))


def _edges(feature: Feature, column: Any) -> tuple[float, ...]:
    """Distinct inner quantiles; a truth value is parted in the middle."""
    import numpy as np

    if isinstance(column, Categories):
        return ()
    if feature.type == "boolean":
        return (0.5,)
    known = column[~np.isnan(column[:, 0]), 0]
    if not len(known):
        return ()
    inner = np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1], method="inverted_cdf")
    return tuple(float(edge) for edge in np.unique(inner))


def _categories(column: Any) -> tuple[str, ...]:
    """The most frequent ones, ties by name."""
    import numpy as np

    if not isinstance(column, Categories):
        return ()
    numbers = np.bincount(column.codes, minlength=len(column.values))
    counts = {value: int(n) for value, n in zip(column.values, numbers, strict=True) if n and value != MISSING}
    return tuple(sorted(sorted(counts, key=lambda value: (-counts[value], value))[:MOST_CATEGORIES]))
