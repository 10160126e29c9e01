"""Monitored people: who they are, what they do, how suspicious it is, and drills. Seed 004."""

from functions.insiders.routes import activities, drills, intelligence, people
from shared.api.app import create_app, lambda_handler

app = create_app("insiders", people.routes, activities.routes, drills.routes, intelligence.routes)
handler = lambda_handler(app)
