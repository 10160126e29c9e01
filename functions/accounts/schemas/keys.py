"""Bodies about API keys. A secret is shown once, when it is made."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from shared.api.text import Line
from shared.core.clock import iso_seconds
from shared.directory.api_key_rows import ApiKey

Scope = Annotated[str, StringConstraints(pattern=r"^[a-z*]{1,32}(:[a-z*]{1,32})?$")]


class ApiKeyIn(BaseModel):
    """What a machine needs: a name for people, what it may do, and for how many days."""

    name: Annotated[Line, StringConstraints(max_length=80)]
    scopes: list[Scope] = Field(min_length=1, max_length=50)
    days: Annotated[int, Field(ge=1, le=365)] = 90


class RotateIn(BaseModel):
    """For how many hours the old secret opens as well."""

    overlap_hours: Annotated[int, Field(ge=0, le=24)] = 0


class ApiKeyOut(BaseModel):
    """An API key without its secret."""

    key_id: str
    name: str
    scopes: list[str]
    status: str
    created_at: str
    expires_at: str
    last_used_at: str | None

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyOut":
        return cls(**key_fields(key))


class ApiKeySecretOut(ApiKeyOut):
    """An API key and its secret: `Authorization: Bearer vk_...`."""

    secret: str

    @classmethod
    def with_secret(cls, made: tuple[ApiKey, str]) -> "ApiKeySecretOut":
        return cls(**key_fields(made[0]), secret=made[1])


class ApiKeysOut(BaseModel):
    api_keys: list[ApiKeyOut]


def key_fields(key: ApiKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "status": key.status,
        "created_at": iso_seconds(key.created_at),
        "expires_at": iso_seconds(key.until),
        "last_used_at": iso_seconds(key.last_used_at) if key.last_used_at else None,
    }
