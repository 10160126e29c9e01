"""Quota accounts and signing in: profile, quotas, admin metrics, /auth. Seed 003."""

from functions.accounts.routes import accounts, auth, keys
from shared.api.app import create_app, lambda_handler

app = create_app("accounts", accounts.routes, auth.routes, keys.routes)
handler = lambda_handler(app)
