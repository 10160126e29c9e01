"""Warnings of a training: what a person should know before they trust the model."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """One warning; `column` where it is about one."""

    code: str
    message: str
    column: str | None = None


def documents(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """As plain data, each once."""
    return [asdict(note) for note in dict.fromkeys(notes)]


def notes_of(stored: Iterable[dict[str, Any]]) -> list[Note]:
    """From plain data."""
    return [Note(**one) for one in stored]
