"""What the deployment tells the code. Add a field here and in infra/environment.py; nothing else reads the environment.

A plain dataclass: the stream and socket handlers must start without pydantic (a quarter of a cold start).
"""

import os
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

CHOICES = {
    "stage": ("local", "dev", "prod"),
    "auth_mode": ("open", "strict"),
    "sign_up": ("open", "closed"),
    "explainer": ("grounded", "bedrock", "gemini"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`VEDETTE_<FIELD>` in the environment; the defaults are the safe ones."""

    stage: str = "local"
    table_prefix: str = "vedette-local-"
    function_prefix: str = "vedette-local-"
    data_bucket: str = "vedette-local-data"
    auth_mode: str = "strict"
    sign_up: str = "closed"
    user_pool_id: str = ""
    user_pool_client_id: str = ""
    sockets_endpoint: str = ""
    started_at: str = ""
    models_path: Path = Path("/opt/models")
    openapi_path: Path = Path("/var/task/openapi.json")
    workflow_arn_prefix: str = ""
    explainer: str = "grounded"
    explainer_model: str = ""
    explainer_secret: str = ""
    rate_factor: float = 1.0

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"VEDETTE_{name.upper()} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}"
                )
        if not 0 < self.rate_factor < float("inf"):
            raise ValueError(f"VEDETTE_RATE_FACTOR must be above 0, not {self.rate_factor!r}")


@cache
def settings() -> Settings:
    """The settings of this process, read on first use and never on import."""
    given = {field.name: os.environ.get(f"VEDETTE_{field.name.upper()}") for field in fields(Settings)}
    chosen: dict[str, Any] = {name: _typed(name, value) for name, value in given.items() if value}
    return Settings(**chosen)


def _typed(name: str, text: str) -> str | float | Path:
    if name.endswith("_path"):
        return Path(text)
    return float(text) if name.endswith("_factor") else text
