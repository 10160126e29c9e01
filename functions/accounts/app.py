"""Quota accounts and signing in: profile, quotas, admin metrics, /auth. Seed 003."""

from functions.accounts.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("accounts", routes)
handler = lambda_handler(app)
