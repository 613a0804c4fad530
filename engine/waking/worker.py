"""Takes wake-ups out of PostgreSQL and does them: a worker of Procrastinate in a thread of its own.

It lives through restarts of the database: whatever ends it, it begins again after a second. What it
had taken then stays marked as taken, by a worker that gives no sign of life any more; all workers
look for such wake-ups, and put them back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Status
from procrastinate.worker import Worker as Served
from psycopg_pool import AsyncConnectionPool

from engine.waking.joining import Joiner
from engine.waking.wakeups import ADVANCE, QUEUE

_log = structlog.get_logger(__name__)
#: Procrastinate tells of each wake-up; what an operator has to know is told here.
_library_log = logging.getLogger("procrastinate")

#: Wake-ups taken at a time. They cost little: their work is joined into batches.
_AT_ONCE = 40
#: Seconds between two looks for wake-ups, should a notification get lost.
_FETCH_EVERY = 0.25
#: Seconds between two signs of life; a worker that gave none for so long counts as dead.
_HEARTBEAT, _DEAD_AFTER = 5.0, 15.0
#: When all workers together look for wake-ups of dead ones. The last field is seconds.
_EVERY_FIVE_SECONDS, _EVERY_HOUR = "* * * * * */5", "17 * * * *"
#: Seconds that running work is given when the worker is stopped. Then it is left to others.
GRACE = 20.0
#: Seconds before a worker that lost the database begins again.
_PAUSE = 1.0
#: Connections beside those of the engine, and the seconds one of them is waited for.
_CONNECTIONS, _PATIENCE = 6, 5.0
#: Wake-ups that failed stay for an operator to see, so many hours.
_KEEP_FAILED = 7 * 24
#: After 2, 4, 8, 16 and 32 seconds. The sweep takes the instances in any case.
_RETRY = RetryStrategy(max_attempts=5, exponential_wait=2)


class Worker:
    """Does wake-ups until it is told to end. Used once."""

    def __init__(
        self,
        address: Mapping[str, Any],
        advance: Callable[[Collection[int]], Iterable[int]],
    ) -> None:
        """Keep both; nothing runs before :meth:`start`.

        Args:
            address: what psycopg connects with.
            advance: advances instances, in threads; returns the ids to try again.
        """
        self._address = dict(address)
        self._advance = advance
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_told)
        self._ending = asyncio.Event()
        self._served: Served | None = None
        self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        _library_log.setLevel(logging.CRITICAL)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Tell whether its thread lives."""
        return self._thread.is_alive()

    def end(self) -> None:
        """Take no new wake-up from now on. Returns at once."""
        self._loop.call_soon_threadsafe(self._ending.set)

    def join(self) -> None:
        """Wait until running work is through, or has been given up."""
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._work())

    async def _work(self) -> None:
        """Serve until it is told to end, again and again if it must be."""
        joiner = Joiner(self._advance)
        while not self._ending.is_set():
            serving = asyncio.create_task(self._serve(joiner))
            ending = asyncio.create_task(self._ending.wait())
            await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
            # It answers by taking nothing new, and ends when running work did.
            serving.cancel()
            if self._served is not None:
                # A cancellation is lost when what it meets ends that very moment (before Python
                # 3.12, within wait_for), as may be while it begins.
                self._served.stop()  # type: ignore[no-untyped-call]
            (outcome,) = await asyncio.gather(serving, return_exceptions=True)
            if not self._ending.is_set():
                # Procrastinate says «Database error», and what it was as the cause.
                why = " ".join(str(getattr(outcome, "__cause__", None) or outcome).split())
                _log.warning("the worker lost the database and begins again", error=why)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ending, _PAUSE)
            ending.cancel()
        await joiner.close(GRACE)

    async def _serve(self, joiner: Joiner) -> None:
        connector = PsycopgConnector(
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_PATIENCE,
            kwargs=self._address,
            configure=_unhurried,
            pool_factory=_unchecked,
        )
        app = App(connector=connector)
        _tasks(app, joiner)
        try:
            await connector.open_async()
            if self._ending.is_set():
                return
            self._served = Served(
                app,
                queues=[QUEUE],
                concurrency=_AT_ONCE,
                fetch_job_polling_interval=_FETCH_EVERY,
                delete_jobs="successful",
                update_heartbeat_interval=_HEARTBEAT,
                stalled_worker_timeout=_DEAD_AFTER,
                shutdown_graceful_timeout=GRACE,
                install_signal_handlers=False,
            )
            await self._served.run()  # type: ignore[no-untyped-call]
        finally:
            self._served = None
            # Also what was not open yet when we were told to end.
            await connector.close_async()


async def _unhurried(connection: psycopg.AsyncConnection[Any]) -> None:
    """Let each statement of this connection be a transaction that does not wait for the disk.

    They say only who does which wake-up. Should the database forget one, it is done once more.
    """
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO off")


def _unchecked(**options: Any) -> AsyncConnectionPool[Any]:
    """Return a pool that does not ask a connection whether it lives each time it is used.

    When one does not, the worker begins again with a new pool.
    """
    return AsyncConnectionPool(**options | {"check": None})


def _told(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong where nobody waits for it, as the end of a wake-up may."""
    _log.warning(
        "the worker was interrupted",
        what=context.get("message"),
        error=str(context.get("exception")),
    )


def _tasks(app: App, joiner: Joiner) -> None:
    """Tell a new app what there is to do."""

    @app.task(name=ADVANCE, queue=QUEUE, retry=_RETRY)
    async def advance(ids: list[int]) -> None:
        try:
            await joiner.advance(ids)
        except Exception as error:
            _log.warning("a wake-up failed", instances=ids, error=str(error))
            raise

    @app.periodic(cron=_EVERY_FIVE_SECONDS)
    @app.task(name="requeue", queue=QUEUE, queueing_lock="requeue")
    async def requeue(timestamp: int) -> None:
        await _requeue(app)

    @app.periodic(cron=_EVERY_HOUR)
    @app.task(name="tidy", queue=QUEUE, queueing_lock="tidy")
    async def tidy(timestamp: int) -> None:
        await app.job_manager.delete_old_jobs(
            _KEEP_FAILED,
            queue=QUEUE,
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )


async def _requeue(app: App) -> None:
    """Put back what dead workers had taken. Upkeep of theirs is not: it comes round by itself."""
    manager = app.job_manager
    stalled = await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=_DEAD_AFTER)
    for each in stalled:
        try:
            if each.task_name == ADVANCE:
                await manager.retry_job(each)
            else:
                await manager.finish_job(each, Status.FAILED, delete_job=True)
        except ProcrastinateException as error:
            # Its worker came back and ended it, or another one was quicker.
            _log.info("a wake-up of a dead worker is not there any more", error=str(error))
        else:
            _log.warning("a wake-up of a dead worker was put back", wakeup=each.id)
    await manager.prune_stalled_workers(_DEAD_AFTER)
