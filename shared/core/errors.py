"""Everything that can go wrong on purpose. No status codes here: shared/api/dialects.py knows those.

DomainError
├── Invalid            the request cannot be understood or is out of bounds
│   ├── Malformed      it is not in the form that is read here
│   ├── TooLarge       it is bigger than what is stored or served
│   └── OtherRequest   its Idempotency-Key was used for another request
├── Unauthenticated    nobody we know is calling
├── Forbidden          we know who is calling, and they may not
├── NotFound           no such thing
├── Conflict           the thing is not in a state that allows this
│   ├── IllegalMove    a state machine has no such step
│   ├── StaleVersion   the caller changed an older version than the stored one
│   └── StillRunning   an equal request with the same Idempotency-Key has not been answered yet
├── LimitReached       a counted limit is used up
├── Unavailable        a dependency does not answer; trying again may help
└── NotBuilt           promised by the contract, not built yet
"""


class DomainError(Exception):
    """`code` names the kind for machines, the message is for people. `details` holds facts worth returning."""

    code = "internal"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class Invalid(DomainError):
    code = "invalid"


class Malformed(Invalid):
    code = "malformed"


class TooLarge(Invalid):
    code = "too_large"


class OtherRequest(Invalid):
    code = "idempotency_key_reused"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class NotFound(DomainError):
    code = "not_found"


class Conflict(DomainError):
    code = "conflict"


class IllegalMove(Conflict):
    code = "illegal_move"


class StaleVersion(Conflict):
    code = "stale_version"


class StillRunning(Conflict):
    code = "still_running"


class LimitReached(DomainError):
    code = "limit_reached"


class Unavailable(DomainError):
    code = "unavailable"


class NotBuilt(DomainError):
    code = "not_built"
