"""The names and places of the local deployment: what CDK would know of a stack."""

from pathlib import Path

from infra.environment import Deployment
from infra.local.runtime.invocation import ACCOUNT, REGION

ROOT = Path(__file__).parents[2]
STAGE = "local"


MODELS = ROOT / "layers" / "models"


def local_deployment(
    port: int,
    auth_mode: str,
    started_at: str,
    pool_id: str = "",
    client_id: str = "",
    models: Path = MODELS,
    documentation: Path = ROOT / "build",
) -> Deployment:
    """`documentation`: the folder of the OpenAPI document, which is written at the start."""
    prefix = f"vedette-{STAGE}-"
    return Deployment(
        stage=STAGE,
        auth_mode=auth_mode,
        sign_up="open",
        user_pool_id=pool_id,
        user_pool_client_id=client_id,
        sockets_endpoint=f"http://127.0.0.1:{port}/ws",
        data_bucket=f"{prefix}data",
        started_at=started_at,
        models_path=str(models.absolute()),
        openapi_path=str(documentation / "openapi.json"),
        workflow_arn_prefix=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{prefix}",
    )
