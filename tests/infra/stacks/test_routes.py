"""The gateways of the template against the route table of the apps."""

import json

from infra.routes import routes
from shared.catalogue import FALLBACK_FUNCTION, FUNCTIONS, SOCKET_FUNCTION
from tests.infra.stacks.templates import Assembly, text

API_FUNCTIONS = {name for name, row in FUNCTIONS.items() if row.kind == "api"}
MOST_ROUTES = 300


def function_of_alias(assembly: Assembly, parameter: str) -> str:
    """The function behind an alias that the parent hands to the nested stack of the routes."""
    (nested,) = assembly.platform.of_type("AWS::CloudFormation::Stack").values()
    alias = assembly.platform.get(nested["Parameters"][parameter])
    assert alias["Name"] == "live"
    return assembly.platform.get(alias["FunctionName"])["FunctionName"].removeprefix("vedette-dev-")


def function_of_target(assembly: Assembly, target: object) -> str:
    """The function behind `integrations/<id>`."""
    integration = assembly.routes.body["Resources"][text(target).removeprefix("integrations/").strip("<>")][
        "Properties"
    ]
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    return function_of_alias(assembly, integration["IntegrationUri"]["Ref"])


def test_template_has_every_route_of_the_apps_and_no_other(assembly: Assembly) -> None:
    found = assembly.routes.of_type("AWS::ApiGatewayV2::Route").values()

    deployed = {route["RouteKey"]: function_of_target(assembly, route["Target"]) for route in found}

    expected = {f"{route.method} {route.path}": route.function for route in routes()}
    assert deployed == {**expected, "$default": FALLBACK_FUNCTION}
    assert len(found) == len(deployed) <= MOST_ROUTES


def test_functions_share_one_integration_and_one_permission_for_all_routes(assembly: Assembly) -> None:
    integrations = assembly.routes.of_type("AWS::ApiGatewayV2::Integration").values()
    permissions = assembly.routes.of_type("AWS::Lambda::Permission").values()

    integrated = sorted(function_of_alias(assembly, found["IntegrationUri"]["Ref"]) for found in integrations)
    permitted = sorted(function_of_alias(assembly, found["FunctionName"]["Ref"]) for found in permissions)

    assert integrated == permitted == sorted(API_FUNCTIONS)


def test_permission_covers_routes_without_a_path(assembly: Assembly) -> None:
    for permission in assembly.routes.of_type("AWS::Lambda::Permission").values():
        assert text(permission["SourceArn"]).count("/") == 2, "<api>/<stage>/<route>: $default has no third slash"


def test_any_origin_may_call_but_never_with_cookies(assembly: Assembly) -> None:
    (api,) = [
        api for api in assembly.platform.of_type("AWS::ApiGatewayV2::Api").values() if api["ProtocolType"] == "HTTP"
    ]

    assert api["CorsConfiguration"]["AllowOrigins"] == ["*"]
    assert api["CorsConfiguration"]["AllowCredentials"] is False
    assert "authorization" in api["CorsConfiguration"]["AllowHeaders"]


def test_stages_are_throttled_and_log_no_tokens(assembly: Assembly) -> None:
    stages = assembly.platform.of_type("AWS::ApiGatewayV2::Stage").values()

    assert sorted(stage["StageName"] for stage in stages) == ["$default", "ws"]
    for stage in stages:
        assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
        assert not stage["DefaultRouteSettings"].get("DataTraceEnabled")
        logged = json.dumps(list(json.loads(stage["AccessLogSettings"]["Format"]).values())).lower()
        assert not [word for word in ("query", "header", "authorizer", "body") if word in logged]


def test_socket_routes_lead_to_the_socket_function(assembly: Assembly) -> None:
    (api,) = [
        api for api in assembly.platform.of_type("AWS::ApiGatewayV2::Api").values() if api["ProtocolType"] != "HTTP"
    ]
    found = assembly.platform.of_type("AWS::ApiGatewayV2::Route").values()
    integrations = assembly.platform.of_type("AWS::ApiGatewayV2::Integration").values()

    (function,) = assembly.platform.of_type("AWS::Lambda::Function").keys() & {
        name
        for name, properties in assembly.platform.of_type("AWS::Lambda::Function").items()
        if properties["FunctionName"] == f"vedette-dev-{SOCKET_FUNCTION}"
    }
    assert api["RouteSelectionExpression"] == "$request.body.type"
    assert {route["RouteKey"] for route in found} == {"$connect", "$disconnect", "$default"}
    assert all(f"<{function}.Arn>" in text(integration["IntegrationUri"]) for integration in integrations)
