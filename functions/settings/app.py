"""Settings and what happened. Seed 001."""

from functions.settings.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("settings", routes)
handler = lambda_handler(app)
