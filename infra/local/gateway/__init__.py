"""API Gateway on this machine: the HTTP API (payload format 2.0), the WebSocket API and its management API."""
