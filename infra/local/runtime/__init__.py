"""Lambda's execution environments: warm worker processes that run the real handlers, one event at a time each."""
