"""Event sources as AWS runs them: streams, queues and schedules, each with retries and a place for failures."""
