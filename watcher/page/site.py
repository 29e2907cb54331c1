"""A store to read from -> the web application: alerts, one alert, stories, one story, health, the alerts as a feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import jinja2
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from watcher.alerts.view import view
from watcher.model import Alert, Delivery, StatusReport, StoreError, Story
from watcher.page.metrics import Metrics

SHOWN = 100  # alerts or stories on one page: about a screenful times ten, and 60 kB
ZONE = ZoneInfo("UTC")
# Nothing is loaded from elsewhere and nothing runs: what a feed smuggled past the escaping would be inert.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Reads(Protocol):
    """What the page asks of a store."""

    async def alerts(
        self, *, watch: str | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Alert, ...]: ...

    async def alert(self, alert_id: str) -> Alert | None: ...

    async def deliveries_of(self, alert_ids: Sequence[str]) -> Mapping[str, tuple[Delivery, ...]]: ...

    async def stories(
        self, *, site: str | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Story, ...]: ...

    async def story(self, story_id: str) -> Story | None: ...

    async def status(self, now: datetime) -> StatusReport: ...


def make_site(
    store: Reads,
    *,
    metrics: Metrics,
    moving: Callable[[], bool],
    waits: Callable[[], str] = lambda: "",
    callbacks: Sequence[Route] = (),
) -> Starlette:
    """The application; it answers GET and HEAD alone, but for the callbacks of hubs.

    moving: whether the daemon still gets on with its work; waits: why it starts nothing just now, "" if it does.
    """
    pages = _Pages(store, metrics, moving, waits)
    routes = [
        Route("/", pages.alerts),
        Route("/alerts/{id}", pages.alert),
        Route("/stories", pages.stories),
        Route("/stories/{id}", pages.story),
        Route("/status", pages.status),
        Route("/feed.xml", pages.feed),
        Route("/healthz", pages.healthz),
        Route("/readyz", pages.readyz),
        Route("/metrics", pages.metrics),
        *callbacks,
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded)],
        exception_handlers={HTTPException: _refused, StoreError: _broken},
    )


async def _guarded(request: Request, go_on: RequestResponseEndpoint) -> Response:
    response = await go_on(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("There is no such page.\n" if status == 404 else "This cannot be done.\n", status)


async def _broken(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"The archive cannot be read: {error}\n", 503)


class _Pages:
    def __init__(self, store: Reads, metrics: Metrics, moving: Callable[[], bool], waits: Callable[[], str]) -> None:
        self._store, self._metrics, self._moving, self._waits = store, metrics, moving, waits
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("watcher.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )

    async def alerts(self, request: Request) -> Response:
        watch = request.query_params.get("watch")
        found = await self._store.alerts(watch=watch, limit=SHOWN)
        watches = sorted({alert.watch for alert in found}, key=str.casefold)
        return self._html(
            "alerts.html", alerts=[(alert, view(alert, ZONE)) for alert in found], watch=watch, watches=watches
        )

    async def alert(self, request: Request) -> Response:
        alert = await self._store.alert(request.path_params["id"])
        if alert is None:
            raise HTTPException(404)
        deliveries = (await self._store.deliveries_of([alert.id]))[alert.id]
        return self._html("alert.html", alert=alert, shown=view(alert, ZONE), deliveries=deliveries)

    async def stories(self, request: Request) -> Response:
        site = request.query_params.get("site")
        return self._html("stories.html", stories=await self._store.stories(site=site, limit=SHOWN), site=site)

    async def story(self, request: Request) -> Response:
        story = await self._store.story(request.path_params["id"])
        if story is None:
            raise HTTPException(404)
        url = story.extraction.url
        return self._html("story.html", story=story, href=url if url.startswith(("http://", "https://")) else "")

    async def status(self, _request: Request) -> Response:
        return self._html("status.html", status=await self._store.status(datetime.now(UTC)))

    async def feed(self, request: Request) -> Response:
        found = await self._store.alerts(watch=request.query_params.get("watch"), limit=SHOWN)
        base = str(request.base_url).rstrip("/")
        updated = max((alert.raised for alert in found), default=datetime(1970, 1, 1, tzinfo=UTC))
        text = self._templates.get_template("feed.xml").render(
            alerts=[(alert, view(alert, ZONE)) for alert in found], base=base, updated=updated
        )
        return Response(text, media_type="application/atom+xml")

    async def healthz(self, _request: Request) -> Response:
        """Whether the process gets on with its work: what a supervisor restarts by."""
        good = self._moving()
        return JSONResponse({"good": good}, 200 if good else 503)

    async def readyz(self, _request: Request) -> Response:
        """Whether all is as its owner wants it: the store answers, and what is on disk is in force."""
        report = await self._store.status(datetime.now(UTC))
        waits = self._waits() or None
        good = self._moving() and report.config_fault is None and waits is None
        told = {"good": good, "config_fault": report.config_fault, "waits": waits}
        return JSONResponse(told, 200 if good else 503)

    async def metrics(self, _request: Request) -> Response:
        text = self._metrics.text(await self._store.status(datetime.now(UTC)))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def _html(self, name: str, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(name).render(values))
