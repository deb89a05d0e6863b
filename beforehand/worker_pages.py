"""The pages of a worker, by HTTP: `/metrics` for Prometheus, `/health` and `/ready` for whoever starts and stops it.

They are answered on a thread of their own, so that they say what is wrong also while the worker waits for a server.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from beforehand.metrics import Metrics
from beforehand.settings import HttpAddress
from models.speech import say

log = logging.getLogger("beforehand.pages")

#: Seconds after which a worker that did not come round is no longer alive. It may wait for a Redis that does not answer
#: once for each partition, and is not to be killed for that.
DEAD_AFTER = 120.0
#: Seconds for which what a server answered is believed.
_BELIEVED = 2.0

#: What is wrong with a server, in a sentence; None if nothing is.
Check = Callable[[], str | None]


class NoAddress(Exception):
    """`BEFOREHAND_HTTP: 127.0.0.1:9464 is taken; ..`."""


class Pages:
    """Serves the pages of a worker, from `start` to `stop`; `address` says where."""

    def __init__(self, metrics: Metrics, checks: Sequence[Check]) -> None:
        """`checks` are asked at `/ready`, each on a thread, at most every two seconds."""
        self.address = ""
        self._metrics = metrics
        self._checks = [_Remembered(check) for check in checks]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="pages", daemon=True)
        self._runner: web.AppRunner | None = None

    def start(self, at: HttpAddress | None) -> None:
        """Listen on the first of the ports that is free, or nowhere; NoAddress if none is."""
        self._thread.start()
        if at is None:
            return
        try:
            asyncio.run_coroutine_threadsafe(self._listen(at), self._loop).result()
        except OSError as wrong:
            self.stop()
            said = wrong.strerror or wrong
            raise NoAddress(say("BEFOREHAND_HTTP: {at} can't be listened on ({said})", at=at, said=said)) from None

    def stop(self) -> None:
        """Listen no more."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _listen(self, at: HttpAddress) -> None:
        pages = web.Application()
        pages.router.add_get("/metrics", self._show_metrics)
        pages.router.add_get("/health", self._show_health)
        pages.router.add_get("/ready", self._show_ready)
        self._runner = web.AppRunner(pages, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        for port in at.ports:
            try:
                site = web.TCPSite(self._runner, at.host, port)
                await site.start()
            except OSError:
                if port == at.ports[-1]:
                    raise
            else:
                break
        host, port, *_ = self._runner.addresses[0]
        self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        log.info("metrics, health and readiness are at %s", self.address)

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # ------------------------------------------------------------------ pages

    async def _show_metrics(self, request: web.Request) -> web.Response:  # noqa: ARG002 -- aiohttp gives it
        text = await asyncio.to_thread(generate_latest, self._metrics.registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _show_health(self, request: web.Request) -> web.Response:  # noqa: ARG002 -- aiohttp gives it
        age = time.monotonic() - self._metrics.beaten
        alive = age < DEAD_AFTER
        return web.json_response({"alive": alive, "beat_age_seconds": round(age, 1)}, status=200 if alive else 503)

    async def _show_ready(self, request: web.Request) -> web.Response:  # noqa: ARG002 -- aiohttp gives it
        said = await asyncio.gather(*(asyncio.to_thread(check) for check in self._checks))
        reasons = [*filter(None, said), *self._not_working()]
        owned = sorted(self._metrics.watched.owned)
        answer = {"ready": not reasons, "reasons": reasons, "partitions": owned}
        return web.json_response(answer, status=503 if reasons else 200)

    def _not_working(self) -> list[str]:
        watched = self._metrics.watched
        reasons = [f"partition {number} is left alone: {why}" for number, why in sorted(watched.still.items())]
        if not watched.assigned:
            reasons.append("the group has not said yet which partitions are ours")
        return reasons


class _Remembered:
    """A check whose answer is believed for a while: asking often must not burden the server."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._answer: str | None = None
        self._asked = -_BELIEVED

    def __call__(self) -> str | None:
        with self._lock:
            if time.monotonic() - self._asked >= _BELIEVED:
                self._answer = self._check()
                self._asked = time.monotonic()
            return self._answer
