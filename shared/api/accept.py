"""What an Accept header asks for."""


def prefers_html(accept: str) -> bool:
    """Whether an Accept header names HTML ahead of JSON. `*/*`, or no header, does not."""
    ranges = [_media_range(entry) for entry in accept.split(",")]
    return _quality(ranges, "text/html") > _quality(ranges, "application/json")


def _media_range(entry: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in entry.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def _quality(ranges: list[tuple[str, float]], media_type: str) -> float:
    """The weight of the most specific range that covers a type."""
    weights = dict(reversed(ranges))
    covering = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((weights[name] for name in covering if name in weights), 0.0)
