"""The WebSocket API. It is made first, because every function is told its endpoint; its routes come later."""

from dataclasses import dataclass

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from constructs import Construct

from infra.acknowledgements import SOCKET_TOKENS, acknowledge
from infra.constructs.function import Deployed
from infra.constructs.gateway_logs import access_logs, set_account_log_role

STAGE = "ws"
ROUTES = ("$connect", "$disconnect", "$default")
THROTTLE = gateway.ThrottleSettings(rate_limit=200, burst_limit=400)


@dataclass(frozen=True, slots=True)
class SocketApi:
    """The API and its stage. Clients connect to `url`; functions post to `endpoint`."""

    api: gateway.WebSocketApi
    stage: gateway.WebSocketStage

    @property
    def url(self) -> str:
        return str(self.stage.url)

    @property
    def endpoint(self) -> str:
        return str(self.stage.callback_url)

    @property
    def connections_arn(self) -> str:
        return Stack.of(self.api).format_arn(
            service="execute-api", resource=self.api.api_id, resource_name=f"{STAGE}/POST/@connections/*"
        )


def make_socket_api(scope: Construct, *, prefix: str, sets_log_role: bool) -> SocketApi:
    """The API and its one stage, without routes."""
    api = gateway.WebSocketApi(
        scope,
        "SocketApi",
        api_name=f"{prefix}sockets",
        description="Vedette's live updates",
        route_selection_expression="$request.body.type",
    )
    acknowledge(api, "APIG4", SOCKET_TOKENS)
    stage = gateway.WebSocketStage(
        scope,
        "SocketStage",
        web_socket_api=api,
        stage_name=STAGE,
        auto_deploy=True,
        throttle=THROTTLE,
        detailed_metrics_enabled=True,
        access_log_settings=access_logs(
            scope, "SocketAccess", f"/aws/vendedlogs/{prefix}sockets", gateway_kind="socket"
        ),
    )
    if sets_log_role:
        stage.node.add_dependency(set_account_log_role(scope))
    made = SocketApi(api, stage)
    CfnOutput(scope, "SocketsUrl", value=made.url)
    return made


def add_routes(made: SocketApi, deployed: Deployed) -> None:
    """All three routes go to one function, which reads the message's type itself."""
    for key in ROUTES:
        integration = integrations.WebSocketLambdaIntegration(f"{deployed.row.name}-{key[1:]}", deployed.entry)
        made.api.add_route(key, integration=integration)
