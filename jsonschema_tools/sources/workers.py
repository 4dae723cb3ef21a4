"""Validating blocks of events, in one process or several; results come in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError
from jsonschema_tools.events.results import BlockResult
from jsonschema_tools.events.validation import EventValidator, not_json
from jsonschema_tools.sources.files import EventBlock, Form, read_span
from jsonschema_tools.sources.processes import Workers

_BLOCKS_BEFORE_WORKERS = 1
"""Less than this is done before a worker would be up."""


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
    workers = Workers(validator, open_validator, jobs)
    try:
        for block, result in workers.results(blocks, _first_result, lambda block: block.pauses):
            yield block, result or BlockResult()
            if result is not None and result.more:
                # A block of nothing but errors: its rest is judged here, a piece at a time, and need not be sent.
                for rest in validate_block(validator, block, result.lines):
                    yield block, rest
    except (KeyboardInterrupt, GeneratorExit):
        workers.stop()
        raise
    finally:
        workers.close()


def _first_result(validator: EventValidator, block: EventBlock) -> BlockResult:
    return next(validate_block(validator, block))


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
