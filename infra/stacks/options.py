"""What a deployment may choose (`-c name=value`), and what is refused. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

STAGES = ("dev", "prod")
AUTH_MODES = ("strict", "open")
SIGN_UPS = ("closed", "open")
ON = ("on", "true", "1", "yes")


class Refused(ValueError):
    """The options ask for a deployment that must not exist."""


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one deployment."""

    stage: str
    auth_mode: str
    started_at: str
    sign_up: str = "closed"
    alarm_email: str | None = None
    layers_must_be_built: bool = False
    sets_gateway_log_role: bool = True

    @property
    def keeps_data(self) -> bool:
        """Whether tables, files and accounts outlive the stack, and cannot be deleted by mistake."""
        return self.stage == "prod"


def options_from(context: Mapping[str, object]) -> Options:
    """The options in a CDK context; Refused, with a sentence, for those that are not to be deployed."""
    stage, auth_mode = str(context.get("stage") or "dev"), str(context.get("auth_mode") or "strict")
    _check(stage, auth_mode, seed_tokens=_is_on(context, "seed_tokens"))
    email, sign_up = context.get("alarm_email"), str(context.get("sign_up") or "closed")
    if sign_up not in SIGN_UPS:
        raise Refused(f"sign_up must be one of {', '.join(SIGN_UPS)}, not {sign_up!r}")
    return Options(
        stage=stage,
        auth_mode=auth_mode,
        started_at=str(context.get("started_at") or datetime.now(UTC).isoformat(timespec="seconds")),
        sign_up=sign_up,
        alarm_email=str(email) if email else None,
        layers_must_be_built=context.get("layers") == "built",
        sets_gateway_log_role=context.get("gateway_log_role") != "existing",
    )


def _check(stage: str, auth_mode: str, *, seed_tokens: bool) -> None:
    if stage not in STAGES:
        raise Refused(f"stage must be one of {', '.join(STAGES)}, not {stage!r}")
    if auth_mode not in AUTH_MODES:
        raise Refused(f"auth_mode must be one of {', '.join(AUTH_MODES)}, not {auth_mode!r}")
    if auth_mode == "open" and stage != "dev":
        raise Refused(f"auth_mode=open lets everybody in: it cannot be deployed to stage {stage!r}, only to 'dev'")
    if seed_tokens and stage != "dev":
        raise Refused(f"seed tokens (user:<id>) can be made up by anybody: refused for stage {stage!r}")
    if seed_tokens and auth_mode != "open":
        raise Refused("seed tokens (user:<id>) are accepted in open mode only: say auth_mode=open as well, or neither")


def _is_on(context: Mapping[str, object], name: str) -> bool:
    return str(context.get(name) or "").lower() in ON
