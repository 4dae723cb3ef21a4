"""Work for several processes, whose results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jsonschema_tools.errors import SchemaToolsError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

State = TypeVar("State")
Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_PER_WORKER = 3


class Workers(Generic[State]):
    """Processes that have a state each. To be closed.

    They begin with a copy of this process where that is safe: threads of which Python knows nothing, such as those of a
    database, must not be running then.

    Args:
        state: what they work with; a copy of it has all that is compiled already.
        opened: makes another such state, where a process cannot begin as a copy: a value that can be sent there.
        jobs: how many there are.
    """

    def __init__(self, state: State, opened: Callable[[], State], jobs: int) -> None:
        from multiprocessing import active_children

        self.jobs = jobs
        self._others = set(active_children())
        self._pool = _pool(state, opened, jobs)

    def start(self) -> None:
        """Start them now, rather than with the first piece of work."""
        self._pool.submit(_ready).result()

    def results(
        self,
        items: Iterable[Item],
        work: Callable[[State, Item], Result | None],
        is_here: Callable[[Item], bool],
        sent: Callable[[Item], Item] = lambda item: item,
    ) -> Iterator[tuple[Item, Result | None]]:
        """Each item with what a worker made of it; with ``None`` where it is to be done here, once all before is done.

        Args:
            items: in order; where they end with an error, what came before is done first.
            work: a function of a module, which can be sent there; ``None`` says that it is to be done here after all.
            is_here: whether an item is to be done here.
            sent: an item as it is sent there.

        Raises `SchemaToolsError` where a worker was ended.
        """
        from concurrent.futures.process import BrokenProcessPool

        waiting: deque[tuple[Item, Future[Result | None]]] = deque()

        def first() -> tuple[Item, Result | None]:
            item, future = waiting.popleft()
            return item, future.result()

        remaining = iter(items)
        failure: SchemaToolsError | None = None
        try:
            while failure is None:
                try:
                    item = next(remaining)
                except StopIteration:
                    break
                except SchemaToolsError as error:
                    failure = error
                    break
                if is_here(item):
                    while waiting:
                        yield first()
                    yield item, None
                    continue
                waiting.append((item, self._pool.submit(_work, work, sent(item))))
                while len(waiting) >= self.jobs * _ITEMS_PER_WORKER or (waiting and waiting[0][1].done()):
                    yield first()
            while waiting:
                yield first()
        except BrokenProcessPool as error:
            raise SchemaToolsError(
                "a worker process was ended from outside, perhaps for want of memory", remedy="Run it with --jobs 1."
            ) from error
        if failure is not None:
            raise failure

    def stop(self) -> None:
        """End them at once: nobody waits for what they are at, such as a slow server."""
        from multiprocessing import active_children

        for worker in set(active_children()) - self._others:
            worker.terminate()

    def close(self) -> None:
        """End them when they are done with what they are at."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _pool(state: State, opened: Callable[[], State], jobs: int) -> ProcessPoolExecutor:
    import sys
    import threading
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if sys.platform == "linux" and threading.active_count() == 1:
        # A copy of this process has all that is imported and compiled already. With threads it might have their locks.
        return ProcessPoolExecutor(jobs, get_context("fork"), _start, (lambda: state,))
    return ProcessPoolExecutor(jobs, get_context("spawn"), _start, (opened,))


_states: list[Any] = []
"""The state of a worker process."""


def _start(opened: Callable[[], Any]) -> None:
    import gc
    import signal
    import threading

    # An interrupt is the parent's to answer; events are trees that are gone before a collection could find them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(200_000, 50, 50)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _states.append(opened())


def _end_with_parent() -> None:
    """End this process when its parent is killed: nobody would give it work, nor tell it to stop."""
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _ready() -> None:
    """Nothing to do."""


def _work(work: Callable[[Any, Any], Any], item: Any) -> Any:
    return work(_states[0], item)
