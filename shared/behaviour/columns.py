"""The daily quantities that the features look at, their views over time, and the family each belongs to.

A column is one number per person and day; a view is a way to look at it (today, the week, against own habit, ...).
"""

from typing import NamedTuple

FEATURE_VERSION = "2"


class Column(NamedTuple):
    """`plain`: compared with the person's own and the peers' habit too. New and rare things have no habit."""

    name: str
    family: str
    plain: bool


FAMILIES = {
    "volume": "Activity volume",
    "off_hours": "Off-hours activity",
    "file_access": "File access volume",
    "sensitive": "Sensitive file access",
    "destruction": "Deletions",
    "tools": "Programs and archives",
    "removable": "Removable media",
    "cloud": "Uploads to outside hosts",
    "outflow": "Files and attachments leaving",
    "email": "External e-mail",
    "new_contacts": "New or rare mail domains",
    "mass_mail": "Mass mailing",
    "devices": "Unfamiliar or foreign devices",
    "locations": "Logon location",
    "exploration": "New or foreign directories",
}
_COUNTED = {
    "volume": "events logons files mails",
    "file_access": "reads writes downloads copies kb_read kb_downloaded",
    "destruction": "deletes",
    "tools": "executables archives",
    "removable": "usb_copies mounts kb_usb",
    "cloud": "uploads kb_uploaded",
    "sensitive": "sensitive sensitive_out",
    "email": "external_mails external_attachments large_attachments kb_mailed_out free_mails keywords",
    "mass_mail": "recipients max_recipients mass_mails",
    "locations": "geo_anomalies failed_logons public_logons remote_logons",
}
_SHAPED = {
    "off_hours": "off_all off_logon off_out off_delete fixed_off",
    "destruction": "burst_deletes",
    "outflow": "out burst_out",
    "exploration": "directories",
    "devices": "device_count",
    "email": "recipient_count",
}
_NOVEL = {
    "exploration": "new_directory new_leaf rare_new_directory foreign_leaf",
    "devices": "new_device other_device other_device_new",
    "locations": "new_network rare_network",
    "new_contacts": "new_domain new_recipient rare_domain rare_new_domain",
    "cloud": "new_host rare_host",
    "tools": "new_extension foreign_extension",
}


def _columns() -> tuple[Column, ...]:
    groups = ((_COUNTED, True), (_SHAPED, True), (_NOVEL, False))
    return tuple(
        Column(name, family, plain)
        for group, plain in groups
        for family, text in group.items()
        for name in text.split()
    )


COLUMNS = _columns()
NAMES = tuple(column.name for column in COLUMNS)
COUNTED = tuple(name for text in _COUNTED.values() for name in text.split())
PLAIN = tuple(position for position, column in enumerate(COLUMNS) if column.plain)
# view -> (days summed, what it is compared with)
SUM_VIEWS = {"day": 1, "week": 7, "three_weeks": 21}
HABIT_VIEWS = {"own": 1, "own_week": 7, "own_three_weeks": 21}
PEER_VIEWS = {"peer": 1, "peer_week": 7}
RECORD_VIEW = "record"  # today against the largest day before
TODAY_VIEW = "today"  # per family: the mean of its TOP strongest surprises about today
TOP = 3
_COMPARED = (*HABIT_VIEWS, *PEER_VIEWS, RECORD_VIEW)
_ABOUT_TODAY = ("day", "own", "peer", RECORD_VIEW)


def view_names() -> tuple[tuple[int, str], ...]:
    """(position in COLUMNS, view) of each feature that is mapped to surprise, in the order of `views.views`."""
    sums = [(place, view) for view in SUM_VIEWS for place in range(len(COLUMNS))]
    return tuple(sums + [(place, view) for view in _COMPARED for place in PLAIN])


def feature_names() -> tuple[str, ...]:
    """Every feature, in the order of the matrix: `column.view`, then `family.today`."""
    names = [f"{NAMES[place]}.{view}" for place, view in view_names()]
    return tuple(names + [f"{family}.{TODAY_VIEW}" for family in FAMILIES])


def feature_families() -> tuple[str, ...]:
    """The family of each feature, in the order of `feature_names`."""
    return tuple([COLUMNS[place].family for place, _ in view_names()] + list(FAMILIES))


def today_places() -> tuple[tuple[int, ...], ...]:
    """Per family the places of its features about today."""
    return tuple(
        tuple(
            at
            for at, (place, view) in enumerate(view_names())
            if COLUMNS[place].family == family and view in _ABOUT_TODAY
        )
        for family in FAMILIES
    )
