"""Text from outside: bounded, printable, storable. Types to put into request models.

DynamoDB takes no lone surrogates and 2,048 bytes of key; a terminal and a log take no control characters.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

MOST_DEPTH = 8
MOST_NODES = 2_000
MOST_TEXT = 8_192
MOST_KEY = 128
MOST_NUMBER = 1e15


def storable(text: str) -> str:
    """The text, if every character of it can be stored and shown."""
    if CONTROL.search(text):
        raise ValueError("must not contain control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return text


def bounded_object(value: dict[str, Any]) -> dict[str, Any]:
    """A free JSON object whose depth, size and numbers the store can hold. Walks without recursion."""
    nodes, open_ = 0, [(value, 1)]
    while open_:
        node, depth = open_.pop()
        nodes += 1
        if depth > MOST_DEPTH:
            raise ValueError(f"must not be nested deeper than {MOST_DEPTH}")
        if nodes > MOST_NODES:
            raise ValueError(f"must not hold more than {MOST_NODES} values")
        if isinstance(node, dict):
            for key in node:
                _check_text(key, MOST_KEY)
            open_ += [(child, depth + 1) for child in node.values()]
        elif isinstance(node, list):
            open_ += [(child, depth + 1) for child in node]
        else:
            _check_leaf(node)
    return value


def _check_leaf(leaf: Any) -> None:
    if isinstance(leaf, str):
        _check_text(leaf, MOST_TEXT)
    elif isinstance(leaf, int | float) and not -MOST_NUMBER <= leaf <= MOST_NUMBER:
        raise ValueError(f"numbers must be finite and at most {MOST_NUMBER:g}")


def _check_text(text: str, most: int) -> None:
    if len(text) > most:
        raise ValueError(f"text must be at most {most} characters")
    storable(text)


Line = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True), AfterValidator(storable)]
Prose = Annotated[
    str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True), AfterValidator(storable)
]
SubjectId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
FreeObject = Annotated[dict[str, Any], AfterValidator(bounded_object)]
