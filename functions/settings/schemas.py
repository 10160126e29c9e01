"""Settings and what happened. Seed 001."""

from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from shared.activity_log.model import Entry, Kind
from shared.api.text import Line
from shared.core.clock import iso_seconds
from shared.preferences.model import DEFAULTS


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone of the IANA database, such as Europe/Berlin")
    return name


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}\.[^@\s.]{2,}$", max_length=254)]


class SectionIn(BaseModel):
    """Fields that are not sent stay as they are; fields that there are not are refused."""

    model_config = ConfigDict(extra="forbid")


class GeneralIn(SectionIn):
    appName: Line = DEFAULTS["general"]["appName"]
    theme: Literal["light", "dark", "system"] = DEFAULTS["general"]["theme"]
    timezone: TimeZone = DEFAULTS["general"]["timezone"]


class TrainingIn(SectionIn):
    """`defaultTimeout` in seconds."""

    defaultTimeout: Annotated[StrictInt, Field(ge=10, le=86_400)] = DEFAULTS["training"]["defaultTimeout"]
    defaultModelType: Literal["auto", "classification", "regression"] = DEFAULTS["training"]["defaultModelType"]
    autoSaveModels: StrictBool = DEFAULTS["training"]["autoSaveModels"]


class NotificationsIn(SectionIn):
    """An address that is null is taken away."""

    emailEnabled: StrictBool = DEFAULTS["notifications"]["emailEnabled"]
    slackEnabled: StrictBool = DEFAULTS["notifications"]["slackEnabled"]
    emailAddress: Email | None = None


class DataIn(SectionIn):
    autoCleanup: StrictBool = DEFAULTS["data"]["autoCleanup"]
    retentionDays: Annotated[StrictInt, Field(ge=1, le=3650)] = DEFAULTS["data"]["retentionDays"]


class SettingsIn(SectionIn):
    """Any part of the settings."""

    general: GeneralIn = GeneralIn()
    training: TrainingIn = TrainingIn()
    notifications: NotificationsIn = NotificationsIn()
    data: DataIn = DataIn()

    def changes(self) -> dict[str, dict[str, Any]]:
        """What was sent, by section."""
        return self.model_dump(exclude_unset=True)


class GeneralOut(BaseModel):
    appName: str
    theme: str
    timezone: str


class TrainingOut(BaseModel):
    defaultTimeout: int
    defaultModelType: str
    autoSaveModels: bool


class NotificationsOut(BaseModel):
    emailEnabled: bool
    slackEnabled: bool
    emailAddress: str | None = None


class DataOut(BaseModel):
    autoCleanup: bool
    retentionDays: int


class SettingsOut(BaseModel):
    general: GeneralOut
    training: TrainingOut
    notifications: NotificationsOut
    data: DataOut


class SettingsChangedOut(BaseModel):
    message: str = "Settings updated successfully"
    updated_fields: list[str]


class ActivityOut(BaseModel):
    """One thing that happened."""

    id: str
    type: Kind
    message: str
    timestamp: str
    user: str
    details: dict[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> "ActivityOut":
        return cls(
            id=entry.entry_id,
            type=entry.kind,
            message=entry.message,
            timestamp=iso_seconds(entry.at),
            user=entry.user,
            details=dict(entry.details),
        )


class ActivitiesOut(BaseModel):
    """`total` counts what the filters let through, whatever the limit."""

    activities: list[ActivityOut]
    total: int
    limit: int
