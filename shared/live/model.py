"""What a live connection is, and the limits that the seeds and API Gateway set. No storage, no wire formats."""

from dataclasses import dataclass

MOST_CONNECTIONS = 100
MOST_SUBSCRIPTIONS = 20
MOST_TOPIC_LENGTH = 64
EVERYTHING = "all"
TOPICS = ("alerts", "incidents", "training", "platform")

# API Gateway ends a connection after two hours; what is older is a $disconnect that never came.
LIFE_SECONDS = 2 * 3600 + 600
KEPT_SECONDS = 3 * 3600


@dataclass(frozen=True, slots=True)
class Connection:
    """An open WebSocket. Times are epoch seconds. `enterprise` once it has spoken seed 000 (conflict C02)."""

    connection_id: str
    connected_at: float
    last_activity: float
    enterprise: bool = False
    topics: tuple[str, ...] = ()

    def wants(self, topic: str) -> bool:
        """Whether an event of this topic is sent to the connection."""
        return self.enterprise and (topic in self.topics or EVERYTHING in self.topics)

    def outlived(self, now: float) -> bool:
        """Whether API Gateway must have closed it by now."""
        return now - self.connected_at > LIFE_SECONDS
