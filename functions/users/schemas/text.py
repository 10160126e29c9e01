"""Words of the directory as they come in. Their exact rules are the noun's: shared/directory/names.py."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from shared.api.text import storable
from shared.directory.model import Status

Word = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(storable)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(storable)]
Title = Annotated[str, StringConstraints(max_length=256, strip_whitespace=True), AfterValidator(storable)]
Description = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True), AfterValidator(storable)]


def _our_word(status: Any) -> Any:
    """Seed 002 says `inactive` for deactivated."""
    return "deactivated" if status == "inactive" else status


StatusIn = Annotated[Status, BeforeValidator(_our_word)]
