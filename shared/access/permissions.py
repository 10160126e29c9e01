"""Every permission there is, with what it lets somebody do. A route may declare no other (tests/contract)."""

# Not in a role, and not to be given: what a route declares when nobody, or anybody who is signed in, may call it.
PUBLIC = "public"
# Like public; for the routes by which somebody gets a token, so that the list of them can be reviewed.
SIGNING_IN = "signing_in"
SIGNED_IN = "signed_in"

PERMISSIONS: dict[str, str] = {
    "platform:read": "See the health and the figures of the platform",
    "live:read": "Follow live events and see who is connected",
    "insiders:read": "See monitored people, what they do and how suspicious it is",
    "insiders:ingest": "Send in activities",
    "insiders:manage": "Decide who is monitored",
    "insiders:drill": "Let made-up activities happen",
    "incidents:read": "See alerts and incidents",
    "incidents:view": "Mark alerts as seen",
    "incidents:create": "Open an incident by hand",
    "incidents:respond": "Move an incident along and resolve it",
    "accounts:administer": "See the figures of all quota accounts and change their plans",
    "explanations:read": "Have an attacker's or a defender's action explained",
    "datasets:read": "See uploaded files and what is in them",
    "datasets:write": "Upload files",
    "models:read": "See tabular models, training jobs and what happened to them",
    "models:train": "Start and stop trainings",
    "models:deploy": "Deploy and archive models",
    "models:predict": "Ask a deployed model",
    "settings:read": "See the settings",
    "settings:write": "Change the settings",
    "users:read": "See platform users, roles and permissions, and ask who may do what",
    "users:write": "Create platform users, change their role and suspend them",
    "teams:read": "See teams",
    "teams:write": "Create teams and change their members",
    "roles:write": "Create, change and delete roles of one's own making",
    "keys:read": "See one's own API keys",
    "keys:write": "Make, rotate and revoke API keys of one's own",
}
