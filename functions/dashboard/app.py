"""Dashboards. Seed 004's statistics today; those of seed 000 come with their sources."""

from functions.dashboard.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("dashboard", routes)
handler = lambda_handler(app)
