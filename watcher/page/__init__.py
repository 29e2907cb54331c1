"""The web page and the feed of alerts: rows in, HTML, Atom and JSON out, nothing of a feed unescaped. Reads only."""

from watcher.page.hub import hub_routes
from watcher.page.metrics import Metrics
from watcher.page.serving import PageError, Window, serve
from watcher.page.site import make_site

__all__ = ["Metrics", "PageError", "Window", "hub_routes", "make_site", "serve"]
