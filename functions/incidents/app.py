"""Alerts and incidents. Seed 004."""

from functions.incidents.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("incidents", routes)
handler = lambda_handler(app)
