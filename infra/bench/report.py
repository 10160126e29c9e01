"""What was measured, as text: a table per section. A missed goal is printed like a met one, never left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = ("what", "measured", "goal", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `met` is None where there is no goal: information."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "met" if self.met else "**MISSED**"

    @classmethod
    def at_most(cls, what: str, value: float, limit: float, detail: str = "") -> "Row":
        """A ratio with an upper limit."""
        return cls(what, f"{value:.2f}{detail}", f"<= {limit:.2f}", value <= limit)


@dataclass(frozen=True, slots=True)
class Section:
    """One table, how it was measured and what it means. `seconds` is how long measuring took."""

    title: str
    method: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())
    seconds: float = 0.0

    @property
    def missed(self) -> list[Row]:
        return [row for row in self.rows if row.met is False]


def markdown(sections: Sequence[Section], machine: Sequence[str]) -> str:
    """The whole document."""
    parts = [
        "# Benchmarks",
        "Written by `make bench`; do not edit by hand. Ratios were measured side by side in one run.",
    ]
    parts += ["\n".join(f"- {line}" for line in machine), _summary(sections)]
    parts += [_section(number, section) for number, section in enumerate(sections, 1)]
    return "\n\n".join(parts) + "\n"


def _summary(sections: Sequence[Section]) -> str:
    with_goal = sum(row.met is not None for section in sections for row in section.rows)
    missed = [
        f"- {section.title}: {row.what}: {row.measured}, goal {row.goal}"
        for section in sections
        for row in section.missed
    ]
    head = f"**{with_goal - len(missed)} of {with_goal} goals met.**"
    return "\n".join([head, "", "Missed:", "", *missed]) if missed else head


def _section(number: int, section: Section) -> str:
    lines = [f"## {number}. {section.title}", "", f"{section.method} Took {section.seconds:.0f} s.", ""]
    lines += [f"| {' | '.join(HEAD)} |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.goal} | {row.verdict} |" for row in section.rows]
    return "\n".join(lines + [line for note in section.notes for line in ("", note)])
