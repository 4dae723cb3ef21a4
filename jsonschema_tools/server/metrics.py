"""``/metrics``: what the gate counts, under EventGate's names where it has them, in the format of Prometheus.

Counting is not done here: the numbers are read when they are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from jsonschema_tools.server.counts import BUCKETS
from jsonschema_tools.server.tallies import Tally, added_up

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving


def metric_routes(serving: Serving) -> list[Any]:
    """The route."""
    from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
    from prometheus_client.exposition import choose_encoder
    from starlette.responses import Response
    from starlette.routing import Route

    async def metrics(request: Any) -> Any:
        tallies, registry = [serving.tally()], CollectorRegistry()
        if serving.tallies is not None:
            # They are few and small; threads may all wait for schemas.
            tallies += serving.tallies.others()
        else:
            for collector in (ProcessCollector, GCCollector, PlatformCollector):
                collector(registry=registry)
        registry.register(_Collector(added_up(tallies), serving.label_of))
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type})

    return [Route("/metrics", metrics)]


class _Collector:
    """A tally as metrics; ``label_of`` is what the configuration calls a stream."""

    def __init__(self, tally: Tally, label_of: Callable[[str], str]) -> None:
        self._tally, self._label_of = tally, label_of

    def collect(self) -> Iterator[Any]:
        """All of them."""
        yield from self._events()
        yield self._durations()
        yield from self._state()

    def _events(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        tally, labels = self._tally, ["stream", "schema_uri"]
        for name, said, found in (
            ("eventgate_events_produced", "Events that were accepted.", tally.accepted),
            ("eventgate_validation_errors", "Events that were not accepted.", tally.refused),
        ):
            family = CounterMetricFamily(name, said, labels=labels)
            for key, number in self._summed(found.items()).items():
                family.add_metric(list(key), number)
            yield family
        last = GaugeMetricFamily("last_event_timestamp_seconds", "When it last had an event.", labels=["stream"])
        times: dict[str, float] = {}
        for stream, at in tally.last.items():
            label = self._label_of(stream)
            times[label] = max(at, times.get(label, 0.0))
        for label, at in times.items():
            last.add_metric([label], at)
        yield last

    def _summed(self, found: Iterable[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
        summed: dict[tuple[str, str], int] = {}
        for (stream, uri), number in found:
            key = self._label_of(stream), uri
            summed[key] = summed.get(key, 0) + number
        return summed

    def _durations(self) -> Any:
        from prometheus_client.core import HistogramMetricFamily

        family = HistogramMetricFamily(
            "express_router_request_duration_seconds",
            "How long requests took.",
            labels=["path", "method", "status"],
        )
        for status, (counts, total) in self._tally.durations.items():
            buckets, sum_so_far = [], 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                sum_so_far += count
                buckets.append((bound, sum_so_far))
            family.add_metric(["v1_events", "POST", str(status)], buckets, total)
        return family

    def _state(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        tally = self._tally
        age = max(0.0, time.time() - tally.configured_at)
        for name, said, value in (
            ("jst_requests_in_flight", "Requests that are worked on.", tally.requests),
            ("jst_bytes_in_flight", "Bytes of bodies that are worked on.", tally.bytes),
            ("jst_configuration_age_seconds", "How old the stream configuration is.", age),
        ):
            yield GaugeMetricFamily(name, said, value=value)
        for name, said, value in (
            ("jst_reload_failures", "Configurations that were not taken over.", tally.reload_failures),
            ("jst_refused_events_lost", "Refused events that nothing was kept of.", tally.refused_not_kept),
        ):
            yield CounterMetricFamily(name, said, value=value)
        faults = CounterMetricFamily("jst_refused_requests", "Requests refused as a whole.", labels=["reason"])
        for reason, number in tally.faults.items():
            faults.add_metric([reason], number)
        yield faults
        for name, kind, said, value in tally.of_sink:
            yield (CounterMetricFamily if kind == "counter" else GaugeMetricFamily)(name, said, value=value)
