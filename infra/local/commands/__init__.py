"""What `python -m infra.local` can do, a module per command: `command(arguments)` answers the exit code."""
