"""Who may sign in: a Cognito pool, one client for every front end, and a group per role."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.acknowledgements import DEV_MFA, NO_PLUS_PLAN, acknowledge
from shared.access.roles import ROLES

PASSWORD = cognito.PasswordPolicy(
    min_length=12,
    require_lowercase=True,
    require_uppercase=True,
    require_digits=True,
    require_symbols=True,
    temp_password_validity=Duration.days(3),
)


def make_pool(scope: Construct, *, prefix: str, keep: bool, sign_up: bool) -> cognito.UserPool:
    """Administrators make the accounts; people themselves only with `sign_up`, and with a code from their mail.

    The second factor is demanded in production and offered elsewhere.
    """
    pool = cognito.UserPool(
        scope,
        "Users",
        user_pool_name=f"{prefix}users",
        self_sign_up_enabled=sign_up,
        sign_in_aliases=cognito.SignInAliases(email=True, username=True),
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        user_verification=cognito.UserVerificationConfig(email_style=cognito.VerificationEmailStyle.CODE),
        password_policy=PASSWORD,
        mfa=cognito.Mfa.REQUIRED if keep else cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        deletion_protection=keep,
        removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
    )
    acknowledge(pool, "COG8", NO_PLUS_PLAN)
    if not keep:
        acknowledge(pool, "COG2", DEV_MFA)
    _add_groups(pool)
    return pool


def make_client(pool: cognito.UserPool, *, prefix: str) -> cognito.UserPoolClient:
    """Browsers and scripts: no secret, secure remote password, tokens of one hour that can be revoked.

    A password itself is taken from our own server only (POST /auth/login), which counts the attempts.
    Users may write their name and address and nothing else: what is said of roles comes from groups only.
    """
    return pool.add_client(
        "Client",
        user_pool_client_name=f"{prefix}client",
        auth_flows=cognito.AuthFlow(user_srp=True, admin_user_password=True),
        disable_o_auth=True,
        generate_secret=False,
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        access_token_validity=Duration.hours(1),
        id_token_validity=Duration.hours(1),
        refresh_token_validity=Duration.days(1),
        write_attributes=cognito.ClientAttributes().with_standard_attributes(email=True, fullname=True),
    )


def _add_groups(pool: cognito.UserPool) -> None:
    for role in ROLES:
        cognito.CfnUserPoolGroup(pool, f"Group-{role}", user_pool_id=pool.user_pool_id, group_name=role)
