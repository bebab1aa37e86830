from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.connections import (
    Addressing,
    Connection,
    S3Options,
    by_name,
    connection_from,
    content_of,
    free_name,
)

KEYS = S3Options("", "eu-west-1", "https://storage.example:9000", Addressing.PATH, "/etc/ca.pem", "Fleet")
FLEET = Connection("s3://fleet/app", KEYS, "Fleet")
WORK = Connection("s3://work", S3Options("analyst"), "Work – Süd")


def test_a_connection_is_written_and_read_without_defaults() -> None:
    assert content_of(Connection("/data")) == {"address": "/data"}
    assert content_of(WORK) == {"name": "Work – Süd", "address": "s3://work", "profile": "analyst"}
    for connection in (FLEET, WORK, Connection("/data")):
        assert connection_from(json.loads(json.dumps(content_of(connection)))) == connection
    assert connection_from({"address": "s3://a", "shiny": 1}) == Connection("s3://a")


@pytest.mark.parametrize(
    "content", ["s3://a", {}, {"address": 1}, {"address": "a", "keys": 1}, {"address": "a", "addressing": "both"}]
)
def test_what_is_no_connection(content: object) -> None:
    with pytest.raises(ValueError, match=r"source|Addressing"):
        connection_from(content)


def test_names_are_found_whatever_their_capitals() -> None:
    assert by_name([FLEET, WORK], " fleet") == FLEET
    assert by_name([FLEET], "") is None
    assert free_name("fleet", ["Fleet", "FLEET 2"]) == "fleet 3"


def test_a_place_is_the_same_by_its_name_or_by_how_it_is_reached() -> None:
    assert FLEET.same_place(Connection("s3://elsewhere", name="Fleet"))
    assert not FLEET.same_place(replace(FLEET, name=""))
    assert Connection("s3://a").same_place(Connection("s3://a"))
    assert not Connection("s3://a").same_place(Connection("s3://a", S3Options("p")))
