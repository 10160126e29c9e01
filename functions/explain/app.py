"""Explanations of what attackers and defenders do. Seed 003."""

from functions.explain.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("explain", routes)
handler = lambda_handler(app)
