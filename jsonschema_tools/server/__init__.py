"""The gate over HTTP: one ASGI application, a module for each family of routes. Needs the extra ``server``."""
