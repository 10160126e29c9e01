"""Who follows the request logs in the template: the functions of the catalogue, and no log follows itself."""

from shared.catalogue import FUNCTIONS, Logs
from tests.infra.stacks.templates import Assembly, text

FOLLOWERS = {
    (name, source.pattern) for name, row in FUNCTIONS.items() for source in row.sources if isinstance(source, Logs)
}


def test_the_log_of_every_api_function_is_followed_and_no_other(assembly: Assembly) -> None:
    platform = assembly.platform
    found = [
        (
            platform.get(subscription["LogGroupName"])["LogGroupName"],
            platform.get(subscription["DestinationArn"])["FunctionName"],
            subscription["FilterPattern"],
        )
        for subscription in platform.of_type("AWS::Logs::SubscriptionFilter").values()
    ]

    assert sorted(found) == sorted(
        (f"/aws/lambda/vedette-dev-{name}", f"vedette-dev-{follower}", pattern)
        for follower, pattern in FOLLOWERS
        for name, row in FUNCTIONS.items()
        if row.kind == "api"
    )


def test_a_follower_is_no_api_function() -> None:
    """Its own requests would be lines of a log that it follows, for ever."""
    assert FOLLOWERS
    assert all(FUNCTIONS[name].kind == "worker" for name, _ in FOLLOWERS)


def test_a_log_group_has_two_subscriptions_at_the_most() -> None:
    """CloudWatch Logs refuses a third."""
    assert len(FOLLOWERS) <= 2


def test_only_logs_of_this_deployment_may_invoke(assembly: Assembly) -> None:
    permissions = {
        name: permission
        for name, permission in assembly.platform.of_type("AWS::Lambda::Permission").items()
        if permission["Principal"] == "logs.amazonaws.com"
    }

    assert len(permissions) == len(FOLLOWERS)
    for permission in permissions.values():
        assert permission["Action"] == "lambda:InvokeFunction"
        assert text(permission["SourceAccount"]) == "<AWS::AccountId>"
        assert text(permission["SourceArn"]).endswith(
            ":logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/lambda/vedette-dev-*:*"
        )


def test_no_subscription_is_made_before_its_permission(assembly: Assembly) -> None:
    """CloudWatch Logs tries the function when it makes one."""
    resources = assembly.platform.body["Resources"]
    permissions = {
        text(resource["Properties"]["FunctionName"]): name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Permission" and resource["Properties"]["Principal"] == "logs.amazonaws.com"
    }

    for resource in resources.values():
        if resource["Type"] == "AWS::Logs::SubscriptionFilter":
            assert permissions[text(resource["Properties"]["DestinationArn"])] in resource["DependsOn"]
