"""Platform users, teams, roles and permissions. Seed 002, area 6."""

from functions.users.routes import people, review, roles, teams
from shared.api.app import create_app, lambda_handler

# People come last: their /{user_id} would hide the words of the others.
app = create_app("users", teams.routes, roles.routes, review.routes, people.routes)
handler = lambda_handler(app)
