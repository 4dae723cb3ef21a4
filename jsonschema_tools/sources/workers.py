"""Validating blocks of events, in one process or several; results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError, SchemaToolsError
from jsonschema_tools.events.results import BlockResult
from jsonschema_tools.events.validation import EventValidator, not_json
from jsonschema_tools.sources.files import EventBlock, Form, read_span

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_BLOCKS_BEFORE_WORKERS = 1
"""Less than this is done before a worker would be up."""

_BLOCKS_PER_WORKER = 3


@dataclass(frozen=True, slots=True)
class ValidatedBlock:
    """What came of a block; ``source`` and ``done`` are the block's, ``line`` is the number of its first line."""

    source: str
    line: int
    done: int
    result: BlockResult


def validated(
    blocks: Iterable[EventBlock], open_validator: Callable[[], EventValidator], jobs: int
) -> Iterator[ValidatedBlock]:
    """The results of the blocks of one file, in order. With more than one job a long file is judged by as many
    processes.

    ``open_validator`` is called in each process, so it must be a value that can be sent there.
    """
    line = 1
    for block, result in _results(blocks, open_validator, jobs):
        line = block.line or line
        yield ValidatedBlock(block.source, line, block.done, result)
        line += result.lines


def _results(
    blocks: Iterable[EventBlock], open_validator: Callable[[], EventValidator], jobs: int
) -> Iterator[tuple[EventBlock, BlockResult]]:
    validator = open_validator()
    remaining = iter(blocks)
    for block in remaining if jobs < 2 else islice(remaining, _BLOCKS_BEFORE_WORKERS):
        for result in validate_block(validator, block):
            yield block, result
    following = next(remaining, None)
    if following is not None:
        yield from _results_of_workers(chain([following], remaining), validator, open_validator, jobs)


def _results_of_workers(
    blocks: Iterable[EventBlock], validator: EventValidator, open_validator: Callable[[], EventValidator], jobs: int
) -> Iterator[tuple[EventBlock, BlockResult]]:
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    waiting: deque[tuple[EventBlock, Future[BlockResult]]] = deque()

    def first() -> Iterator[tuple[EventBlock, BlockResult]]:
        block, future = waiting.popleft()
        result = future.result()
        yield block, result
        if result.more:
            # A block of nothing but errors: its rest is judged here, a piece at a time, and need not be sent.
            for rest in validate_block(validator, block, result.lines):
                yield block, rest

    others = set(active_children())
    pool = _pool(validator, open_validator, jobs)
    failure: SchemaToolsError | None = None
    try:
        remaining = iter(blocks)
        while True:
            try:
                block = next(remaining, None)
            except SchemaToolsError as error:
                # What could be read is judged all the same.
                failure, block = error, None
            if block is None:
                break
            if block.pauses:
                while waiting:
                    yield from first()
                yield block, BlockResult()
                continue
            waiting.append((block, pool.submit(_judge_here, block)))
            while len(waiting) >= jobs * _BLOCKS_PER_WORKER or (waiting and waiting[0][1].done()):
                yield from first()
        while waiting:
            yield from first()
    except BrokenProcessPool as error:
        raise SchemaToolsError(
            "a worker process was ended from outside, perhaps for want of memory", remedy="Run it with --jobs 1."
        ) from error
    except (KeyboardInterrupt, GeneratorExit):
        # Nobody waits for what they are at, such as a slow server.
        for worker in set(active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if failure is not None:
        raise failure


def _pool(validator: EventValidator, open_validator: Callable[[], EventValidator], jobs: int) -> ProcessPoolExecutor:
    import sys
    import threading
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if sys.platform == "linux" and threading.active_count() == 1:
        # A copy of this process has all that is imported and compiled already. With threads it might have their locks.
        return ProcessPoolExecutor(jobs, get_context("fork"), _start, (lambda: validator,))
    return ProcessPoolExecutor(jobs, get_context("spawn"), _start, (open_validator,))


_validators: list[EventValidator] = []
"""The validator of a worker process."""


def _start(open_validator: Callable[[], EventValidator]) -> None:
    import gc
    import signal
    import threading

    # An interrupt is the parent's to answer; events are trees that are gone before a collection could find them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(200_000, 50, 50)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _validators.append(open_validator())


def _end_with_parent() -> None:
    """End this process when its parent is killed: nobody would give it work, nor tell it to stop."""
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _judge_here(block: EventBlock) -> BlockResult:
    """The first result of a block."""
    return next(validate_block(_validators[0], block))


def validate_block(validator: EventValidator, block: EventBlock, start: int = 0) -> Iterator[BlockResult]:
    """The results of one block, of whatever form, from the line or text ``start`` on; at least one."""
    if block.problem is not None:
        yield _no_event(block.problem)
    elif block.form is Form.LINES:
        data, problem = read_span(block.source, *block.span) if block.span else (block.data, None)
        for result in validator.validate_lines(data, start):
            result.more |= problem is not None
            yield result
        if problem is not None:
            yield _no_event(problem)
    elif block.form is Form.JSON:
        for result in validator.validate_texts([text for _, text in block.texts], start):
            result.refused = [
                replace(event, line=block.texts[start + event.line][0] - block.line) for event in result.refused
            ]
            start += result.lines
            yield result
    else:
        yield _validate_yaml(validator, block)


def _no_event(problem: str) -> BlockResult:
    result = BlockResult(1)
    result.add(0, b"", not_json(problem))
    return result


def _validate_yaml(validator: EventValidator, block: EventBlock) -> BlockResult:
    """The events of a YAML document: the items of a list, else the document itself."""
    result = BlockResult(block.data.count(b"\n"))
    try:
        document = parse(block.data, source=block.source)
    except DocumentError as error:
        line = error.position.line - 1 if error.position else 0
        result.add(line, block.data, not_json(error.message))
        return result
    for number, event in enumerate(document if isinstance(document, list) else [document]):
        verdict = validator.verdict(event)
        line = 0 if verdict.valid else _line(block, f"/{number}" if isinstance(document, list) else "")
        result.add(line, b"" if verdict.valid else json_text(event).encode("utf-8", "surrogatepass"), verdict)
    return result


def _line(block: EventBlock, pointer: str) -> int:
    from jsonschema_tools.documents.positions import locate

    position = locate(block.data, pointer, source=block.source)
    return position.line - 1 if position else 0
