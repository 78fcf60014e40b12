"""Lanes and their names, and what a worker may be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from queue_world import campaign_of

from agentconf.calls.queue.lane import Lane, lane_capacity, lane_count, lanes, queue_name
from agentconf.calls.queue.options import WorkOptions
from agentconf.errors import ConfigurationError


@pytest.mark.parametrize(
    ("concurrency", "count", "capacity"), [(1, 1, 1), (5, 5, 1), (8, 8, 1), (9, 8, 2), (32, 8, 4), (33, 8, 5)]
)
def test_lanes_share_a_campaigns_concurrency(concurrency: int, count: int, capacity: int) -> None:
    campaign = campaign_of(concurrency=concurrency)
    assert (count, capacity) == (lane_count(campaign), lane_capacity(campaign))


def test_a_campaign_has_its_lanes_and_a_watch() -> None:
    names = [lane.name for lane in lanes(campaign_of("recall", concurrency=2))]
    assert names == ["recall/0", "recall/1", "recall/watch"]


def test_a_watch_goes_before_calls() -> None:
    assert Lane("recall").priority > Lane("recall", 0).priority


def test_a_queue_is_named_after_its_environment() -> None:
    assert queue_name("production") == "agentconf:production"


def test_a_queue_of_a_long_environment_fits_a_notification_channel() -> None:
    one, other = queue_name("é" * 40), queue_name("é" * 41)
    assert len(f"procrastinate_queue_v1#{one}".encode()) < 64
    assert one != other


def test_a_worker_needs_a_lane() -> None:
    with pytest.raises(ConfigurationError, match="at least one lane"):
        WorkOptions("one", concurrency=0)


@pytest.mark.parametrize("field", ["slice", "heartbeat", "idle"])
def test_times_of_a_worker_are_positive(field: str) -> None:
    with pytest.raises(ConfigurationError, match="longer than nothing"):
        replace(WorkOptions("one"), **cast("Any", {field: 0.0}))


def test_a_worker_is_not_taken_for_dead_between_two_signs_of_life() -> None:
    with pytest.raises(ConfigurationError, match="every 10 s would be taken for dead after 19 s"):
        WorkOptions("one", stalled=19.0)
