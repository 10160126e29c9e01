"""The keys of the `directory` table, and what every row has beside its document. Standard library only.

| question                          | pk             | sk        | attributes beside `doc`                          |
|-----------------------------------|----------------|-----------|--------------------------------------------------|
| a platform user; all of them      | USERS          | <user_id> | version, status, role, subject, signed_out_at,   |
|                                   |                |           | last_login                                       |
| who has this e-mail address       | EMAIL#<email>  | EMAIL     | user_id                                          |
| a team; all of them               | TEAMS          | <team_id> | version                                          |
| a role of the organisation; all   | ROLES          | <name>    | version, permissions (JSON list of patterns),    |
|                                   |                |           | holders                                          |
| how many administrators there are | COUNTS         | ADMINS    | admins: linked users with the role who may       |
|                                   |                |           | sign in                                          |
| an API key                        | KEYS           | <prefix>  | version, digest, scopes (JSON list), owner,      |
|                                   |                |           | status, until, previous_digest, previous_until   |
| the API keys of a user            | KEYS#<user_id> | <prefix>  |                                                  |
| when a person signed out          | SIGNOUT#<sub>  | SIGNOUT   | before (epoch seconds): older tokens are dead    |

A user's id follows from the user name, so that the store itself keeps user names unique and a token finds its user
without an index. User names never change. `holders` counts the users who have the role, whatever their status.
"""

from shared.core.ids import derived_id

USERS, TEAMS, ROLES_OF_OURS = "USERS", "TEAMS", "ROLES"
ADMINS_KEY = {"pk": "COUNTS", "sk": "ADMINS"}


def user_id_of(username: str) -> str:
    """The id of the platform user with this name, whatever its upper and lower case."""
    return derived_id("usr", username.casefold())


def user_key(user_id: str) -> dict[str, str]:
    return {"pk": USERS, "sk": user_id}


def email_key(email: str) -> dict[str, str]:
    return {"pk": f"EMAIL#{email.casefold()}", "sk": "EMAIL"}


def team_key(team_id: str) -> dict[str, str]:
    return {"pk": TEAMS, "sk": team_id}


def role_key(name: str) -> dict[str, str]:
    return {"pk": ROLES_OF_OURS, "sk": name}


def api_key_key(prefix: str) -> dict[str, str]:
    return {"pk": "KEYS", "sk": prefix}


def owned_keys(user_id: str) -> str:
    """The partition that lists the API keys of a user."""
    return f"KEYS#{user_id}"


def sign_out_key(subject: str) -> dict[str, str]:
    return {"pk": f"SIGNOUT#{subject}", "sk": "SIGNOUT"}
