"""Everything that can fail has an alarm, and every alarm reaches the topic."""

from typing import Any

from shared.catalogue import FUNCTIONS, WORKFLOWS, Stream
from tests.infra.stacks.templates import Assembly, text


def alarms(assembly: Assembly) -> dict[str, dict[str, Any]]:
    found = assembly.platform.of_type("AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"].removeprefix("vedette-dev-"): alarm for alarm in found}


def watched(assembly: Assembly, metric: str) -> set[str]:
    """The physical names of what a metric is watched of."""
    found = [alarm for alarm in alarms(assembly).values() if alarm["MetricName"] == metric]
    return {name(assembly, dimension["Value"]) for alarm in found for dimension in alarm["Dimensions"]}


def name(assembly: Assembly, reference: Any) -> str:
    found = assembly.platform.get(reference)
    key = next(key for key in ("FunctionName", "StateMachineName", "QueueName", "Name") if key in found)
    return str(found[key]).removeprefix("vedette-dev-")


def test_functions_are_watched_for_errors_and_throttles(assembly: Assembly) -> None:
    assert watched(assembly, "Errors") == watched(assembly, "Throttles") == set(FUNCTIONS)


def test_consumers_of_streams_are_watched_for_lag(assembly: Assembly) -> None:
    consumers = {key for key, row in FUNCTIONS.items() if any(isinstance(s, Stream) for s in row.sources)}

    assert watched(assembly, "IteratorAge") == consumers


def test_every_failure_queue_is_watched(assembly: Assembly) -> None:
    queues = assembly.platform.of_type("AWS::SQS::Queue").values()
    failures = {queue["QueueName"].removeprefix("vedette-dev-") for queue in queues if "RedrivePolicy" not in queue}

    found = {
        assembly.platform.get(dimension["Value"])["QueueName"].removeprefix("vedette-dev-")
        for alarm in alarms(assembly).values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }

    assert found == failures


def test_workflows_are_watched(assembly: Assembly) -> None:
    assert watched(assembly, "ExecutionsFailed") == watched(assembly, "ExecutionsTimedOut") == set(WORKFLOWS)


def test_http_api_is_watched_for_server_errors(assembly: Assembly) -> None:
    assert watched(assembly, "5xx") == {"http"}


def test_every_alarm_reaches_the_topic_and_is_quiet_without_data(assembly: Assembly) -> None:
    ((topic, _),) = assembly.platform.of_type("AWS::SNS::Topic").items()

    for alarm in alarms(assembly).values():
        assert [text(action) for action in alarm["AlarmActions"]] == [f"<{topic}>"]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_cloudwatch_may_publish_to_the_topic(assembly: Assembly) -> None:
    """A topic with a policy of its own has lost the default one, and with it the alarms."""
    (policy,) = assembly.platform.of_type("AWS::SNS::TopicPolicy").values()
    allowed = [found for found in policy["PolicyDocument"]["Statement"] if found["Effect"] == "Allow"]

    assert [found["Principal"] for found in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert [found["Action"] for found in allowed] == ["sns:Publish"]
