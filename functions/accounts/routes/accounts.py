"""Profile, quotas and the administrator's metrics."""

from typing import Annotated

from fastapi import Request

from functions.accounts.schemas.accounts import (
    AccountOut,
    AllowanceOut,
    IncrementIn,
    IncrementOut,
    MetricsOut,
    ProfileOut,
    TierIn,
)
from shared.access.caller import Caller
from shared.access.permissions import SIGNED_IN
from shared.accounts.metrics import MetricsService, metrics_service
from shared.accounts.model import Resource
from shared.accounts.quotas import QuotaService, quota_service
from shared.accounts.service import ADMINISTER, AccountService, account_service
from shared.api.access import caller_of, operation_of
from shared.api.charging import quota_headers, telling
from shared.api.provide import provided
from shared.api.routing import Routes

ADMINS_ONLY = "Admin access required"


def seed_caller(account_id: str) -> Caller:
    """Who calls with a `user:{id}` token."""
    return account_service().seed_caller(account_id)


routes = Routes("/api", tag="accounts", token=True, seed_account=seed_caller)
Accounts = Annotated[AccountService, provided(account_service)]
Quotas = Annotated[QuotaService, provided(quota_service)]
AllMetrics = Annotated[MetricsService, provided(metrics_service)]


@routes.get("/users/profile", permission=SIGNED_IN, response_model=ProfileOut)
async def get_profile(request: Request, accounts: Accounts, quotas: Quotas) -> ProfileOut:
    """The caller's account, with what it used today."""
    account = accounts.of(caller_of(request))
    return ProfileOut.of(account, quotas.used(account.account_id))


@routes.get("/quota/check/{resource}", permission=SIGNED_IN, response_model=AllowanceOut)
async def check_quota(request: Request, resource: Resource, accounts: Accounts, quotas: Quotas) -> AllowanceOut:
    """What is left of a resource today. Advice only: the work itself is charged, and may find less."""
    allowance = quotas.check(accounts.of(caller_of(request)).account_id, resource)
    request.state.headers.update(quota_headers(allowance))
    return AllowanceOut.of(allowance)


@routes.post("/quota/increment", permission=SIGNED_IN, response_model=IncrementOut)
async def increment_quota(request: Request, body: IncrementIn, accounts: Accounts, quotas: Quotas) -> IncrementOut:
    """One unit of a resource is used. 429 when the day is used up."""
    account = accounts.of(caller_of(request))
    with telling(request):
        allowance = quotas.increment(account.account_id, body.resource, operation_of(request))
    request.state.headers.update(quota_headers(allowance))
    return IncrementOut.of(allowance)


@routes.get("/admin/metrics", permission=ADMINISTER, refusal=ADMINS_ONLY, response_model=MetricsOut)
async def get_metrics(metrics: AllMetrics) -> MetricsOut:
    """Figures of all accounts and of the traffic."""
    return MetricsOut.of(metrics.read())


@routes.put("/admin/users/{account_id}/plan", permission=ADMINISTER, refusal=ADMINS_ONLY, response_model=AccountOut)
async def set_plan(account_id: str, body: TierIn, accounts: Accounts) -> AccountOut:
    """Another plan for an account."""
    return AccountOut.of(accounts.set_tier(account_id, body.plan))
