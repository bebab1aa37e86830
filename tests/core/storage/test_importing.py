from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from core.connections import FORMAT, LONGEST_NAME, Addressing, Connection, S3Options, export_text
from core.errors import UsageError
from core.settings import Settings
from core.storage.importing import MOST_CONNECTIONS, import_text

KEYS = S3Options("", "eu-west-1", "https://storage.example:9000", Addressing.PATH, "/etc/ca.pem", "Fleet")
FLEET = Connection("s3://fleet/app", KEYS, "Fleet")
WORK = Connection("s3://work", S3Options("analyst"), "Work – Süd")


def file_of(*entries: object) -> str:
    """A file with these connections."""
    return json.dumps({"format": FORMAT, "version": 1, "connections": entries})


def without_keys(connection: Connection) -> Connection:
    """A connection whose access keys have no name."""
    return replace(connection, options=replace(connection.options, keys=""))


def test_exported_connections_are_imported_once_under_free_names() -> None:
    text = export_text([FLEET, WORK])
    found, problems = import_text(text, [])
    assert [without_keys(each) for each in found] == [without_keys(FLEET), WORK]
    assert problems == []
    assert import_text(text, [FLEET, WORK]) == ([], [])
    other = replace(FLEET, address="s3://other")
    found, problems = import_text(text, [other])
    assert [each.name for each in found] == ["Fleet 2", "Work – Süd"]
    assert problems == []


def test_no_import_gets_keys_that_this_computer_or_another_server_has() -> None:
    evil = {"name": "s3://fleet", "address": "s3://fleet/x", "endpoint_url": "https://evil.example", "keys": "Fleet"}
    aws = {"name": "AWS", "address": "s3://fleet", "keys": "Fleet"}
    twin = aws | {"name": "Twin"}
    found, _ = import_text(file_of(evil, aws, twin), [])
    names = [each.options.keys for each in found]
    # Keys may lie in memory or in the keyring under any name that can be thought of.
    assert not {"Fleet", "s3://fleet", "AWS", "Twin"} & set(names)
    assert names[0] != names[1] == names[2]
    assert import_text(file_of(aws), [])[0][0].options.keys != names[1]


@pytest.mark.parametrize(
    "entry",
    [
        {"address": "s3://fleet\n/x"},
        {"address": "s3://fleet", "profile": "a\x1b[31mb"},
        {"address": "s3://fleet", "endpoint_url": "http://"},
        {"address": "s3://fleet", "endpoint_url": "https://evil?X-Amz-Signature=abc"},
        {"address": "https://u:p@evil/bucket?X-Amz-Signature=abc"},
        {"address": "s3://AKIAABCDEFGHIJKLMNOP:secret@bucket/x"},
        {"address": "\\\\evil\\share"},
        {"address": "/etc"},
        {"address": "s3://fleet", "ca_file": "\\\\evil\\share\\ca.pem"},
        {"address": "s3://fleet", "ca_file": "//evil/share/ca.pem"},
        {"address": "s3://fleet/" + "x" * 10_000},
        {"profile": "a"},
    ],
    ids=str,
)
def test_what_the_editor_would_not_take_is_not_imported(entry: dict[str, Any]) -> None:
    found, problems = import_text(file_of(entry, {"address": "s3://good", "name": "Good"}), [])
    assert found == [Connection("s3://good", name="Good")]
    assert len(problems) == 1
    assert problems[0].startswith("Connection 1 is not usable")
    assert "secret" not in problems[0]
    assert len(problems[0]) < 200


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\n\x1b[31mb\u202egpj", "a [31mb gpj"),
        ("   ", "s3://fleet"),
        ("demo", "demo 2"),
        ("--yes", "yes"),
        ("n" * 200_000, "n" * LONGEST_NAME),
    ],
    ids=lambda name: name[:12],
)
def test_names_can_be_seen_and_typed(name: str, kept: str) -> None:
    assert [each.name for each in import_text(file_of({"name": name, "address": "s3://fleet"}), [])[0]] == [kept]


def test_there_is_an_end_to_connections_and_to_the_length_of_their_names() -> None:
    many = [{"name": "n" * LONGEST_NAME, "address": f"s3://bucket{number}"} for number in range(3 * MOST_CONNECTIONS)]
    found, problems = import_text(file_of(*many), [])
    names = {each.name for each in found}
    assert len(found) == len(names) == MOST_CONNECTIONS
    assert max(map(len, names)) == LONGEST_NAME
    assert "3,000" in problems[0]


def test_what_cannot_be_imported_is_told() -> None:
    content = json.loads(export_text([WORK]))
    content["connections"].append({"profile": "a"})
    found, problems = import_text(json.dumps(content | {"version": 9}), [])
    assert found == [WORK]
    assert [problem.split(" ")[0] for problem in problems] == ["It", "Connection"]
    for text in ("", "[]", "{}", "[" * 100_000, '{"format": "odograph connections", "connections": [5]}'):
        with pytest.raises(UsageError, match="cannot be imported"):
            import_text(text, [])


def test_a_server_is_foreign_until_a_person_agrees_to_it() -> None:
    settings = Settings()
    settings.remember(Connection("s3://old", S3Options(endpoint_url="https://known.example")))
    found = [
        Connection("s3://a", name="AWS"),
        Connection("s3://a", S3Options(endpoint_url="https://Known.example/"), "Known"),
        Connection("s3://a", S3Options(endpoint_url="https://new.example"), "New"),
    ]
    settings.import_connections(found)
    assert [each.name for each in settings.connections] == ["AWS", "Known", "New"]
    assert [settings.is_foreign(each) for each in found] == [False, False, True]
    # It is one for any other way there as well, and to import the file again is no agreement.
    other = Connection("s3://b", S3Options(endpoint_url="https://NEW.example/"))
    settings.import_connections(found)
    assert settings.is_foreign(other)
    settings.trust_server(other)
    assert not settings.is_foreign(found[2])
