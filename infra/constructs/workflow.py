"""A state machine from its ASL file, with a role that may invoke the functions its row names."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.acknowledgements import LOG_DELIVERY, acknowledge
from infra.constructs.assets import ROOT
from infra.constructs.function import Deployed
from infra.constructs.logs import make_log_group
from infra.constructs.queues import make_failure_queue
from infra.constructs.rights import TRACE, Surroundings
from infra.constructs.sources import TARGET_RETRIES, make_rule
from shared.catalogue import Schedule, Workflow

DEFINITIONS = ROOT / "infra" / "workflows"
START_WITHIN = Duration.hours(1)
DELIVER_LOGS = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


def make_workflow(
    scope: Construct, row: Workflow, functions: Mapping[str, Deployed], around: Surroundings
) -> sfn.StateMachine:
    """The state machine; `${name}` in its file becomes the ARN of that function. Inputs and outputs are not logged."""
    role = _make_role(scope, row, around)
    return sfn.StateMachine(
        scope,
        f"Workflow-{row.name}",
        state_machine_name=around.prefix + row.name,
        state_machine_type=sfn.StateMachineType.STANDARD,
        definition_body=sfn.DefinitionBody.from_string((DEFINITIONS / row.definition).read_text()),
        definition_substitutions={name: functions[name].function.function_arn for name in row.functions},
        role=role.without_policy_updates(),
        tracing_enabled=True,
        logs=sfn.LogOptions(
            destination=make_log_group(
                scope, f"WorkflowLog-{row.name}", f"/aws/vendedlogs/states/{around.prefix}{row.name}"
            ),
            level=sfn.LogLevel.ALL,
            include_execution_data=False,
        ),
    )


def add_schedule(
    scope: Construct, row: Workflow, schedule: Schedule, machine: sfn.StateMachine, *, prefix: str
) -> sqs.Queue:
    """Start the workflow on schedule; the queue gets the starts that could not be delivered."""
    failures = make_failure_queue(scope, f"{row.name}-workflow", prefix=prefix)
    target = targets.SfnStateMachine(
        machine,
        input=events.RuleTargetInput.from_object({}),
        dead_letter_queue=failures,
        retry_attempts=TARGET_RETRIES,
        max_event_age=START_WITHIN,
    )
    make_rule(scope, f"{row.name}-workflow", schedule, target, prefix=prefix)
    return failures


def _make_role(scope: Construct, row: Workflow, around: Surroundings) -> iam.Role:
    invoke = iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[around.function(name) for name in row.functions]
    )
    observe = iam.PolicyStatement(actions=[*DELIVER_LOGS, *TRACE], resources=["*"])
    role = iam.Role(
        scope,
        f"WorkflowRole-{row.name}",
        assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
        inline_policies={"rights": iam.PolicyDocument(statements=[invoke, observe])},
    )
    acknowledge(role, "IAM5[Resource::*]", LOG_DELIVERY)
    return role
