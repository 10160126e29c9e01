"""HTTP beside the sockets: who is connected, and the events for clients that poll."""

from typing import Annotated

from fastapi import Depends, Query

from functions.live.schemas import ConnectionOut, EventsOut, SocketStatusOut, Topic
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.clock import iso_micros, utc_now
from shared.live.events import EventLog
from shared.live.provide import connections, events
from shared.live.repository import ConnectionRepository

Connections = Annotated[ConnectionRepository, Depends(connections)]
Events = Annotated[EventLog, Depends(events)]

routes = Routes(tag="live")


@routes.get("/ws/status", permission="live:read", response_model=SocketStatusOut)
async def get_socket_status(connections: Connections) -> SocketStatusOut:
    """Every open WebSocket connection."""
    everyone = [ConnectionOut.of(connection) for connection in connections.everyone()]
    return SocketStatusOut(active_connections=len(everyone), connections=everyone, timestamp=iso_micros(utc_now()))


@routes.get("/api/events", permission="live:read", response_model=EventsOut)
async def list_events(
    events: Events,
    topic: Topic = "all",
    since: Annotated[int, Query(ge=0, le=10**12 - 1)] = 0,
) -> EventsOut:
    """Events after a sequence number: what a socket client missed, or all there is for one that polls."""
    return EventsOut.of(topic, since, events.replay(topic, since))


app = create_app("live", routes)
handler = lambda_handler(app)
