"""S3 buckets: private, TLS only, encrypted, versioned, with access logs."""

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

LOG_DAYS = 90
OLD_VERSION_DAYS = 30
UNFINISHED_UPLOAD_DAYS = 7
# What was put by a presigned upload and has been copied, or never will be (shared/datasets/service.py).
PRESIGNED_PREFIX, PRESIGNED_DAYS = "uploads/", 1


def bucket_name(prefix: str, name: str) -> str:
    """Bucket names are unique on Earth, so they carry account and region."""
    return f"{prefix}{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def make_access_log_bucket(scope: Construct, *, keep: bool) -> s3.Bucket:
    """Where the other buckets log who read and wrote what."""
    lifecycle = s3.LifecycleRule(
        expiration=Duration.days(LOG_DAYS), noncurrent_version_expiration=Duration.days(LOG_DAYS)
    )
    return _bucket(scope, "AccessLogs", keep=keep, lifecycle=(lifecycle,))


def make_bucket(scope: Construct, name: str, *, prefix: str, keep: bool, access_logs: s3.IBucket) -> s3.Bucket:
    """One bucket of shared/storage/schema.py."""
    lifecycle = s3.LifecycleRule(
        abort_incomplete_multipart_upload_after=Duration.days(UNFINISHED_UPLOAD_DAYS),
        noncurrent_version_expiration=Duration.days(OLD_VERSION_DAYS),
    )
    presigned = s3.LifecycleRule(prefix=PRESIGNED_PREFIX, expiration=Duration.days(PRESIGNED_DAYS))
    return _bucket(
        scope,
        f"Bucket-{name}",
        keep=keep,
        lifecycle=(lifecycle, presigned),
        name=bucket_name(prefix, name),
        access_logs=access_logs,
    )


def _bucket(
    scope: Construct,
    construct_id: str,
    *,
    keep: bool,
    lifecycle: tuple[s3.LifecycleRule, ...],
    name: str | None = None,
    access_logs: s3.IBucket | None = None,
) -> s3.Bucket:
    return s3.Bucket(
        scope,
        construct_id,
        bucket_name=name,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=access_logs,
        server_access_logs_prefix="data/" if access_logs else None,
        lifecycle_rules=list(lifecycle),
        removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
    )
