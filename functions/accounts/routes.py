"""Quota accounts and signing in: profile, quotas, admin metrics, /auth. Seed 003."""

from shared.api.routing import Routes

routes = Routes("/api", tag="accounts", token=True)
