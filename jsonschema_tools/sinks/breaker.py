"""What stops asking Kafka for a topic that it does not take events of, until it does again."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class State(Enum):
    """Whether events of a topic are sent."""

    CLOSED = "closed"
    """They are."""
    OPEN = "open"
    """They are not: Kafka does not answer."""
    READY = "ready"
    """Kafka answers again: the next ones are a trial."""
    TRIAL = "trial"
    """A trial is under way, and the others wait for its outcome."""


class Breaker:
    """The states of topics: those with ``most`` failures one after the other are open, until one succeeds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: dict[str, int] = {}
        self._states: dict[str, State] = {}
        self.opened = 0
        """How often one was opened."""

    @property
    def is_quiet(self) -> bool:
        """Whether no topic is stopped, and none has failed last."""
        return not self._failures

    def topics(self, *states: State) -> list[str]:
        """The topics in one of the states."""
        return [topic for topic, state in self._states.items() if state in states]

    def refused(self, topics: Iterable[str]) -> set[str]:
        """The topics, of some that events are to be sent to, that take none now; a trial begins with those that may."""
        refused: set[str] = set()
        for topic in set(topics):
            state = self._states.get(topic, State.CLOSED)
            if state is State.READY:
                self._states[topic] = State.TRIAL
            elif state is not State.CLOSED:
                refused.add(topic)
        return refused

    def answers(self, topic: str) -> None:
        """Kafka answers for a topic again."""
        if self._states.get(topic) is State.OPEN:
            self._states[topic] = State.READY

    def succeeded(self, topic: str) -> None:
        """Kafka has an event of a topic."""
        self._failures.pop(topic, None)
        self._states.pop(topic, None)

    def failed(self, topic: str) -> None:
        """Kafka did not take events of a topic that were sent together."""
        number = self._failures[topic] = self._failures.get(topic, 0) + 1
        state = self._states.get(topic, State.CLOSED)
        if state is State.TRIAL or (state is State.CLOSED and number >= self._most):
            self._states[topic] = State.OPEN
            self.opened += 1
