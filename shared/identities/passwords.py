"""The rules for passwords, checked before anybody is looked up: a weak password must not tell who exists.

The pool has the same rules (infra/constructs/identity.py, infra/local/identities.py); a test holds them together.
Letters and digits are those of ASCII, and a blank at an end is refused, as Cognito does it.
"""

import string

from shared.core.errors import Invalid

MIN_LENGTH = 12
MAX_LENGTH = 256
# Cognito's list; a blank counts too, for it is never at an end here.
SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "
NEEDED = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SYMBOLS)
POLICY = (
    f"The password must have {MIN_LENGTH} to {MAX_LENGTH} characters, among them a lower-case letter, "
    "an upper-case letter, a digit and a symbol, and no blank at its ends"
)


def check_password(password: str) -> None:
    """Invalid, with the rules, if the password breaks one of them."""
    fits = MIN_LENGTH <= len(password) <= MAX_LENGTH and password == password.strip()
    if not fits or not all(set(password) & set(kind) for kind in NEEDED):
        raise Invalid(POLICY)
