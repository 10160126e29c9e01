"""The environment variables of a function: the one writer of what shared/core/settings.py reads.

CDK and the local platform both call `environment`, so that a variable cannot exist in one of them only.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a running deployment knows about itself. For CDK the values are tokens, locally they are plain text."""

    stage: str
    auth_mode: str
    sign_up: str
    user_pool_id: str
    user_pool_client_id: str
    sockets_endpoint: str
    data_bucket: str
    started_at: str
    models_path: str
    openapi_path: str
    workflow_arn_prefix: str
    rate_factor: str = "1.0"
    explainer: str = "grounded"
    explainer_model: str = ""
    explainer_secret: str = ""

    @property
    def prefix(self) -> str:
        """What the names of tables, functions and workflows begin with."""
        return f"vedette-{self.stage}-"


def environment(deployment: Deployment) -> dict[str, str]:
    """VEDETTE_* for every function, API or worker alike."""
    values = {
        "stage": deployment.stage,
        "table_prefix": deployment.prefix,
        "function_prefix": deployment.prefix,
        "data_bucket": deployment.data_bucket,
        "auth_mode": deployment.auth_mode,
        "sign_up": deployment.sign_up,
        "user_pool_id": deployment.user_pool_id,
        "user_pool_client_id": deployment.user_pool_client_id,
        "sockets_endpoint": deployment.sockets_endpoint,
        "started_at": deployment.started_at,
        "models_path": deployment.models_path,
        "openapi_path": deployment.openapi_path,
        "workflow_arn_prefix": deployment.workflow_arn_prefix,
        "rate_factor": deployment.rate_factor,
        "explainer": deployment.explainer,
        "explainer_model": deployment.explainer_model,
        "explainer_secret": deployment.explainer_secret,
    }
    return {f"VEDETTE_{name.upper()}": value for name, value in values.items()}
