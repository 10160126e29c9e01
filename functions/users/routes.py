"""Platform users, teams, roles and permissions. Seed 002, area 6."""

from shared.api.routing import Routes

routes = Routes("/api/v1/users", tag="users", token=True)
