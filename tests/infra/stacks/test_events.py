"""What starts functions and workflows, and where failures end, against the catalogue."""

from typing import Any

from shared.catalogue import FUNCTIONS, WORKFLOWS, Function, Logs, Queue, Schedule, Stream
from tests.infra.stacks.templates import Assembly, Template, text


def name_of(template: Template, reference: Any) -> str:
    found = template.get(reference)
    name: str = found.get("FunctionName") or found.get("StateMachineName") or found["QueueName"]
    return name.removeprefix("vedette-dev-")


def stream_exports(assembly: Assembly) -> dict[str, str]:
    """Name of the export to the table whose stream it is."""
    tables = assembly.state.of_type("AWS::DynamoDB::Table")
    names = {f"<{key}.StreamArn>": table["TableName"].removeprefix("vedette-dev-") for key, table in tables.items()}
    outputs = [output for output in assembly.state.body["Outputs"].values() if "Export" in output]
    return {
        output["Export"]["Name"]: names[text(output["Value"])] for output in outputs if text(output["Value"]) in names
    }


def test_streams_feed_the_functions_of_the_catalogue_safely(assembly: Assembly) -> None:
    exports = stream_exports(assembly)
    mappings = assembly.platform.of_type("AWS::Lambda::EventSourceMapping").values()
    found = {
        (
            name_of(assembly.platform, mapping["FunctionName"]),
            exports[mapping["EventSourceArn"]["Fn::ImportValue"]],
            mapping["BatchSize"],
            mapping["MaximumRetryAttempts"],
            name_of(assembly.platform, mapping["DestinationConfig"]["OnFailure"]["Destination"]),
        )
        for mapping in mappings
        if "Fn::ImportValue" in mapping["EventSourceArn"]
    }

    assert found == {
        (name, source.table, source.batch_size, source.retries, f"{name}-failures")
        for name, row in FUNCTIONS.items()
        for source in row.sources
        if isinstance(source, Stream)
    }
    polled = [s for row in FUNCTIONS.values() for s in row.sources if isinstance(s, Stream | Queue)]
    assert len(mappings) == len(polled)


def test_stream_mappings_isolate_poison_and_keep_the_order(assembly: Assembly) -> None:
    for mapping in assembly.platform.of_type("AWS::Lambda::EventSourceMapping").values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if "StartingPosition" in mapping:
            assert mapping["BisectBatchOnFunctionError"] is True
            assert mapping["StartingPosition"] == "TRIM_HORIZON"
            assert mapping["ParallelizationFactor"] == 1


def test_a_stream_has_two_consumers_at_the_most() -> None:
    """DynamoDB throttles a stream that more than two read."""
    consumers = [source.table for row in FUNCTIONS.values() for source in row.sources if isinstance(source, Stream)]

    assert all(consumers.count(table) <= 2 for table in consumers)


def test_schedules_are_those_of_the_catalogue(assembly: Assembly) -> None:
    rules = assembly.platform.of_type("AWS::Events::Rule").values()
    found = {
        (rule["ScheduleExpression"], name_of(assembly.platform, target["Arn"]), target.get("Input"))
        for rule in rules
        for target in rule["Targets"]
    }

    functions = {
        (source.expression, name, None)
        for name, row in FUNCTIONS.items()
        for source in row.sources
        if isinstance(source, Schedule)
    }
    workflows = {(row.schedule.expression, name, "{}") for name, row in WORKFLOWS.items() if row.schedule}
    assert found == functions | workflows
    assert all(rule["State"] == "ENABLED" for rule in rules)


def test_starts_that_cannot_be_delivered_are_kept(assembly: Assembly) -> None:
    for rule in assembly.platform.of_type("AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        assert assembly.platform.get(target["DeadLetterConfig"]["Arn"])["QueueName"].endswith("-failures")
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0


def test_functions_started_without_waiting_keep_what_failed(assembly: Assembly) -> None:
    configured = assembly.platform.of_type("AWS::Lambda::EventInvokeConfig").values()
    found = {
        name_of(assembly.platform, config["FunctionName"]): name_of(
            assembly.platform, config["DestinationConfig"]["OnFailure"]["Destination"]
        )
        for config in configured
    }

    invoked = {name for row in FUNCTIONS.values() for name in row.invokes}
    told = {name for name, row in FUNCTIONS.items() if any(isinstance(s, Schedule | Logs) for s in row.sources)}
    assert found == {name: f"{name}-failures" for name in invoked | told}


def test_every_queue_has_a_way_out_or_is_one(assembly: Assembly) -> None:
    for queue in assembly.platform.of_type("AWS::SQS::Queue").values():
        assert queue["QueueName"].endswith("-failures") or queue["RedrivePolicy"]["maxReceiveCount"] > 0
        assert queue["SqsManagedSseEnabled"] is True


def test_a_queue_row_makes_a_queue_with_redrive() -> None:
    """No row of the catalogue has a queue today; the day one does, it comes out like this."""
    from aws_cdk import App, Stack, assertions

    from infra.constructs.queues import make_failure_queue, make_work_queue

    row, consumer = Queue("deliveries", receives=4), Function("deliver", "worker", "x.handler", timeout=30)
    stack = Stack(App(), "queues")
    make_work_queue(stack, row, consumer, prefix="p-", failures=make_failure_queue(stack, "deliver", prefix="p-"))

    template = Template(assertions.Template.from_stack(stack).to_json())
    queues = {queue["QueueName"]: queue for queue in template.of_type("AWS::SQS::Queue").values()}
    redrive = queues["p-deliveries"]["RedrivePolicy"]
    assert queues["p-deliveries"]["VisibilityTimeout"] == 180
    assert redrive["maxReceiveCount"] == 4
    assert template.get(redrive["deadLetterTargetArn"])["QueueName"] == "p-deliver-failures"
