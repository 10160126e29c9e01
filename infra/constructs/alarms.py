"""What wakes somebody up: one topic, and alarms of functions, failure queues, streams, workflows and the HTTP API."""

from aws_cdk import Aws, CfnOutput, Duration
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.function import Deployed
from shared.catalogue import Stream

PERIOD = Duration.minutes(5)
LATE = Duration.minutes(1).to_milliseconds()
SERVER_ERRORS = 5


class Alarms(Construct):
    """Makes alarms that all report to one topic."""

    def __init__(self, scope: Construct, *, prefix: str, email: str | None) -> None:
        super().__init__(scope, "Alarms")
        self._prefix = prefix
        topic = sns.Topic(self, "Topic", topic_name=f"{prefix}alarms", enforce_ssl=True)
        topic.add_to_resource_policy(_cloudwatch_may_publish(topic))
        if email:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        self._notify = actions.SnsAction(topic)
        CfnOutput(scope, "AlarmTopic", value=topic.topic_arn)

    def watch_function(self, deployed: Deployed) -> None:
        """Errors, throttles, and for consumers of a stream how far they lag behind."""
        name, function = deployed.row.name, deployed.function
        self._alarm(f"{name}-errors", function.metric_errors(period=PERIOD))
        self._alarm(f"{name}-throttles", function.metric_throttles(period=PERIOD))
        if any(isinstance(source, Stream) for source in deployed.row.sources):
            age = function.metric("IteratorAge", statistic="Maximum", period=PERIOD)
            self._alarm(f"{name}-iterator-age", age, above=LATE)

    def watch_queue(self, name: str, queue: sqs.IQueue) -> None:
        """Anything in a failure queue wants a person."""
        visible = queue.metric_approximate_number_of_messages_visible(period=PERIOD)
        self._alarm(f"{name}-failures", visible)

    def watch_workflow(self, name: str, machine: sfn.IStateMachine) -> None:
        """Executions that failed, or ran out of time."""
        self._alarm(f"{name}-workflow-failed", machine.metric_failed(period=PERIOD))
        self._alarm(f"{name}-workflow-timed-out", machine.metric_timed_out(period=PERIOD))

    def watch_http(self, api: gateway.IHttpApi) -> None:
        """Answers of the 5xx kind."""
        self._alarm("http-5xx", api.metric_server_error(statistic="Sum", period=PERIOD), above=SERVER_ERRORS)

    def _alarm(self, name: str, metric: cloudwatch.IMetric, *, above: float = 0) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=self._prefix + name,
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._notify)


def _cloudwatch_may_publish(topic: sns.ITopic) -> iam.PolicyStatement:
    """Demanding TLS gives the topic a policy, and a topic with a policy has lost the default that lets alarms in."""
    return iam.PolicyStatement(
        sid="AlarmsOfThisAccount",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
