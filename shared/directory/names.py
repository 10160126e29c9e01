"""What user names, e-mail addresses, role names and permission patterns may look like. Invalid for all others."""

import re
from collections.abc import Iterable, Sequence

from shared.access.roles import reach
from shared.core.errors import Invalid

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ROLE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
PATTERN = re.compile(r"\*|(\*|[a-z_]{1,32}):(\*|[a-z_]{1,32})")
# Only its form: whether it exists shows when the invitation arrives. RFC 5321 ends it at 254 characters.
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MOST_EMAIL = 254
MOST_PATTERNS = 64


def checked_username(text: str) -> str:
    """A user name that the pool, a URL and a log can carry."""
    if not USERNAME.fullmatch(text):
        raise Invalid(
            "A user name is 1 to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit"
        )
    return text


def checked_email(text: str) -> str:
    """An e-mail address in the form `local@domain.tld`."""
    if len(text) > MOST_EMAIL or not EMAIL.fullmatch(text):
        raise Invalid("That is not an e-mail address")
    return text


def checked_role_name(text: str) -> str:
    """The name of a role of the organisation."""
    if not ROLE.fullmatch(text):
        raise Invalid("A role name is 1 to 64 small letters, digits, dashes and underscores, and begins with a letter")
    return text


def checked_patterns(given: Iterable[str]) -> tuple[str, ...]:
    """Permissions and patterns of them, each once; one that grants nothing that exists is a mistake."""
    patterns: Sequence[str] = tuple(dict.fromkeys(given))
    if not 0 < len(patterns) <= MOST_PATTERNS:
        raise Invalid(f"Name between 1 and {MOST_PATTERNS} permissions")
    for pattern in patterns:
        if not PATTERN.fullmatch(pattern) or not reach((pattern,)):
            raise Invalid(f"There is no permission '{pattern[:80]}'")
    return tuple(patterns)
