"""The stack of what must survive: tables, files, accounts. It changes rarely and is never made again."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.constructs.buckets import bucket_name, make_access_log_bucket, make_bucket
from infra.constructs.identity import make_client, make_pool
from infra.constructs.tables import make_table
from infra.stacks.options import Options
from shared.storage.schema import BUCKETS, TABLES


class StateStack(Stack):
    """`vedette-<stage>-state`. In production the stack itself and everything in it refuses to be deleted."""

    tables: dict[str, dynamodb.Table]
    user_pool_id: str
    user_pool_arn: str
    user_pool_client_id: str
    data_bucket: str

    def __init__(self, scope: Construct, *, options: Options) -> None:
        prefix, keep = f"vedette-{options.stage}-", options.keeps_data
        super().__init__(
            scope,
            f"{prefix}state",
            description="Vedette: tables, files and accounts",
            termination_protection=keep,
        )
        self.tables = {name: make_table(self, row, prefix=prefix, keep=keep) for name, row in TABLES.items()}
        access_logs = make_access_log_bucket(self, keep=keep)
        for name in BUCKETS:
            make_bucket(self, name, prefix=prefix, keep=keep, access_logs=access_logs)
        pool = make_pool(self, prefix=prefix, keep=keep, sign_up=options.sign_up == "open")
        self.user_pool_id, self.user_pool_arn = pool.user_pool_id, pool.user_pool_arn
        self.user_pool_client_id = make_client(pool, prefix=prefix).user_pool_client_id
        self.data_bucket = bucket_name(prefix, BUCKETS[0])
        CfnOutput(self, "UserPoolId", value=self.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.user_pool_client_id)
        CfnOutput(self, "DataBucket", value=self.data_bucket)
