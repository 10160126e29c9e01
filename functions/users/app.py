"""Platform users, teams, roles and permissions. Seed 002, area 6."""

from functions.users.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("users", routes)
handler = lambda_handler(app)
