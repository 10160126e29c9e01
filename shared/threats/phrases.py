"""How a quantity is said to a person: one phrase per column, with its unit."""

from shared.behaviour.columns import NAMES

# {} is the amount with its unit. Columns in kB are shown in MB or GB.
PHRASES = {
    "events": "{} events in one day",
    "logons": "Logged on {} times",
    "files": "{} file events",
    "mails": "{} e-mails",
    "reads": "Read {} files",
    "writes": "Wrote {} files",
    "downloads": "Downloaded {} files",
    "copies": "Copied {} files",
    "kb_read": "Read {} of files",
    "kb_downloaded": "Downloaded {}",
    "deletes": "Deleted {} files",
    "burst_deletes": "Deleted {} files within one hour",
    "executables": "Handled {} program files",
    "archives": "Handled {} archives or images",
    "usb_copies": "Copied {} files to removable media",
    "mounts": "Connected removable media {} times",
    "kb_usb": "Copied {} to removable media",
    "uploads": "Uploaded {} files to outside hosts",
    "kb_uploaded": "Uploaded {} to outside hosts",
    "sensitive": "Touched {} sensitive files",
    "sensitive_out": "Took {} sensitive files outside",
    "external_mails": "Sent {} e-mails outside",
    "external_attachments": "Sent {} e-mails with attachments outside",
    "large_attachments": "Sent {} attachments over 10 MB outside",
    "kb_mailed_out": "Mailed {} outside",
    "free_mails": "Sent {} e-mails to private mail providers",
    "keywords": "{} suspicious words in e-mails",
    "recipients": "Wrote to {} recipients",
    "max_recipients": "One e-mail to {} recipients",
    "mass_mails": "Sent {} mass mailings",
    "remote_logons": "Logged on remotely {} times",
    "public_logons": "Logged on from public addresses {} times",
    "geo_anomalies": "{} logons flagged as geographically impossible",
    "failed_logons": "{} failed logons",
    "off_all": "{} events outside the person's usual hours",
    "off_logon": "{} logons outside the person's usual hours",
    "off_out": "{} transfers outside the person's usual hours",
    "off_delete": "{} deletions outside the person's usual hours",
    "fixed_off": "{} events before 7:00 or after 19:00 UTC",
    "out": "{} files or attachments left the organisation",
    "burst_out": "{} files or attachments left within one hour",
    "directories": "Worked in {} directories",
    "device_count": "Used {} devices",
    "recipient_count": "Wrote to {} outside addresses",
    "new_directory": "{} events in directories new to this person",
    "new_leaf": "{} events in folders new to this person",
    "rare_new_directory": "{} events in directories new to this person and rare in the organisation",
    "foreign_leaf": "{} events in folders that no peer uses",
    "new_device": "{} events on a device new to this person",
    "other_device": "{} events on somebody else's device",
    "other_device_new": "{} events on somebody else's device, first used lately",
    "new_network": "{} events from a network new to this person",
    "rare_network": "{} events from a network that few people use",
    "new_domain": "{} e-mails to mail domains new to this person",
    "new_recipient": "{} e-mails to outside addresses new to this person",
    "rare_domain": "{} e-mails to mail domains that few people write to",
    "rare_new_domain": "{} e-mails to new mail domains that few people write to",
    "new_host": "{} uploads to a host new to this person",
    "rare_host": "{} uploads to a host that few people use",
    "new_extension": "{} files of a type new to this person",
    "foreign_extension": "{} files of a type that no peer uses",
}
if missing := set(NAMES) - set(PHRASES):
    raise KeyError(f"columns without a phrase: {sorted(missing)}")


def amount(column: str, value: float) -> str:
    """`kb_usb`, 926720 -> "905 MB"; counts below one, which only averages have, with a decimal."""
    if not column.startswith("kb_"):
        return f"{value:.0f}" if value >= 1 or value == 0 else f"{value:.1f}"
    megabytes = value / 1024
    if megabytes >= 1024:
        return f"{megabytes / 1024:.1f} GB"
    return f"{megabytes:.0f} MB" if megabytes >= 10 else f"{megabytes:.1f} MB"


def phrase(column: str, value: float) -> str:
    """What somebody did. A weighted count below one is still one event."""
    happened = 1.0 if 0 < value < 1 and not column.startswith("kb_") else value
    return PHRASES[column].format(amount(column, happened))
