"""The HTTP API: the gateway itself, and the nested stack of its routes (they alone would fill a template)."""

from collections.abc import Iterable, Mapping

from aws_cdk import CfnOutput, NestedStack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledgements import TOKENS_IN_FUNCTION, acknowledge
from infra.constructs.function import Deployed
from infra.constructs.gateway_logs import access_logs
from infra.routes import Route
from shared.catalogue import FALLBACK_FUNCTION

ANY_ROUTE = "*/*"  # <stage>/<route>: a third part would leave out $default, whose key has no path
THROTTLE = gateway.ThrottleSettings(rate_limit=500, burst_limit=1000)
CORS = gateway.CorsPreflightOptions(
    allow_origins=["*"],
    allow_methods=[gateway.CorsHttpMethod.ANY],
    allow_headers=["*", "authorization"],
    expose_headers=[
        "x-request-id",
        "retry-after",
        "www-authenticate",
        "idempotency-replayed",
        "ratelimit",
        "ratelimit-policy",
    ],
    allow_credentials=False,
)


def make_http_api(scope: Construct, *, prefix: str) -> gateway.HttpApi:
    """The API with its one stage. Tokens travel in a header, never in a cookie, so any origin may call."""
    api = gateway.HttpApi(
        scope,
        "HttpApi",
        api_name=f"{prefix}http",
        description="Vedette over HTTP",
        create_default_stage=False,
        cors_preflight=CORS,
    )
    stage = api.add_stage(
        "Stage",
        stage_name="$default",
        auto_deploy=True,
        throttle=THROTTLE,
        detailed_metrics_enabled=True,
        access_log_settings=access_logs(scope, "HttpAccess", f"/aws/vendedlogs/{prefix}http", gateway_kind="http"),
    )
    CfnOutput(scope, "HttpUrl", value=stage.url)
    return api


class HttpRoutes(NestedStack):
    """Every route, each pointing to the one integration of its function; `$default` answers what is no route.

    Routes are made without CDK's own class, which refuses a path that ends in a slash: API Gateway does not.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: gateway.HttpApi,
        routes: Iterable[Route],
        functions: Mapping[str, Deployed],
    ) -> None:
        super().__init__(scope, construct_id, description="Vedette: routes of the HTTP API")
        acknowledge(self, "APIG4", TOKENS_IN_FUNCTION)
        self._api, self._keys = api, Construct(self, "Route")
        targets = {name: self._integrate(found) for name, found in functions.items() if found.row.kind == "api"}
        self._add("$default", targets[FALLBACK_FUNCTION])
        for route in routes:
            self._add(f"{route.method} {route.path}", targets[route.function])

    def _integrate(self, deployed: Deployed) -> str:
        """One integration and one permission per function: 150 permissions would overflow Lambda's 20 KB."""
        integration = gateway.HttpIntegration(
            self,
            f"Integration-{deployed.row.name}",
            http_api=self._api,
            integration_type=gateway.HttpIntegrationType.AWS_PROXY,
            integration_uri=deployed.entry.function_arn,
            payload_format_version=gateway.PayloadFormatVersion.VERSION_2_0,
        )
        deployed.entry.add_permission(
            f"Permission-{deployed.row.name}",
            scope=self,
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self.format_arn(service="execute-api", resource=self._api.api_id, resource_name=ANY_ROUTE),
        )
        return f"integrations/{integration.integration_id}"

    def _add(self, key: str, target: str) -> None:
        """Below a scope of their own, where ids get a hash: /a, /a/ and /{a} would be one id without."""
        name = key.replace("/", "|")
        gateway.CfnRoute(
            self._keys, name, api_id=self._api.api_id, route_key=key, target=target, authorization_type="NONE"
        )
