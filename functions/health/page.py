"""The page a browser gets at `/`: where to go from here. API clients get JSON (conflict C06)."""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Vedette</title></head>
<body>
<h1>Vedette</h1>
<p>Backend for teams that run machine learning in security.</p>
<ul>
<li><a href="/docs">Documentation (Swagger UI)</a></li>
<li><a href="/redoc">Documentation (ReDoc)</a></li>
<li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/health">Health</a></li>
</ul>
</body>
</html>
"""
