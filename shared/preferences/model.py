"""The settings of seed 001: four sections, every field with the value it has until somebody changes it."""

from collections.abc import Mapping
from typing import Any

Section = dict[str, Any]

DEFAULTS: dict[str, Section] = {
    "general": {"appName": "Vedette", "theme": "light", "timezone": "UTC"},
    "training": {"defaultTimeout": 300, "defaultModelType": "auto", "autoSaveModels": True},
    "notifications": {"emailEnabled": False, "slackEnabled": False},
    "data": {"autoCleanup": True, "retentionDays": 30},
}


def merged(stored: Mapping[str, Section], changes: Mapping[str, Section]) -> dict[str, Section]:
    """The settings with some fields changed. A field that becomes None is not there any more."""
    result = {name: {**section, **stored.get(name, {})} for name, section in DEFAULTS.items()}
    for name, fields in changes.items():
        section = {**result[name], **fields}
        result[name] = {field: value for field, value in section.items() if value is not None}
    return result


def changed_fields(changes: Mapping[str, Section]) -> list[str]:
    """`training.defaultTimeout`, ... in the order in which they were sent."""
    return [f"{section}.{field}" for section, fields in changes.items() for field in fields]
