"""Writes as values: what a repository wants changed, and under which condition. Several make one transaction."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.storage.attributes import to_attribute, to_item
from shared.storage.schema import Table


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression. Attributes are written `#name`, values `:name`."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


ABSENT = Condition("attribute_not_exists(#pk)")
PRESENT = Condition("attribute_exists(#pk)")


def unchanged(version: int) -> Condition:
    """The row still has the version that was read; 0 stands for a row that is not there yet."""
    return ABSENT if version == 0 else Condition("#version = :seen", {"seen": version})


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole row."""

    table: Table
    item: Mapping[str, Any]
    condition: Condition | None = None

    def request(self, prefix: str) -> dict[str, Any]:
        return {
            "Put": {"TableName": prefix + self.table.name, "Item": to_item(self.item)} | _conditions(self.condition)
        }


@dataclass(frozen=True, slots=True)
class Update:
    """Change some attributes of a row; `add` counts up or down and starts at 0."""

    table: Table
    key: Mapping[str, str]
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int | float] = field(default_factory=dict)
    set_once: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    condition: Condition | None = None

    def request(self, prefix: str) -> dict[str, Any]:
        body = {"TableName": prefix + self.table.name, "Key": to_item(self.key), "UpdateExpression": self._expression()}
        given = {**self.set, **self.add, **self.set_once}
        extra = _conditions(
            self.condition, names=(*given, *self.remove), values={f"new_{k}": v for k, v in given.items()}
        )
        return {"Update": body | extra}

    def _expression(self) -> str:
        changes = [f"#{name} = :new_{name}" for name in self.set]
        changes += [f"#{name} = if_not_exists(#{name}, :new_{name})" for name in self.set_once]
        parts = ["SET " + ", ".join(changes)] if changes else []
        parts += ["ADD " + ", ".join(f"#{name} :new_{name}" for name in self.add)] if self.add else []
        parts += ["REMOVE " + ", ".join(f"#{name}" for name in self.remove)] if self.remove else []
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a row."""

    table: Table
    key: Mapping[str, str]
    condition: Condition | None = None

    def request(self, prefix: str) -> dict[str, Any]:
        return {
            "Delete": {"TableName": prefix + self.table.name, "Key": to_item(self.key)} | _conditions(self.condition)
        }


Write = Put | Update | Delete


def _conditions(
    condition: Condition | None, names: tuple[str, ...] = (), values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    text = condition.text if condition else ""
    all_names = {*names, *re.findall(r"#(\w+)", text)}
    all_values = {**(values or {}), **(condition.values if condition else {})}
    out: dict[str, Any] = {"ConditionExpression": text} if text else {}
    if all_names:
        out["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(all_names)}
    if all_values:
        out["ExpressionAttributeValues"] = {f":{name}": to_attribute(value) for name, value in all_values.items()}
    return out
