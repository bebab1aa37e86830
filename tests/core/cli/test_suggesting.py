"""Commands that are suggested are complete."""

from __future__ import annotations

import pytest

from core.cli.parser import parse_command
from core.cli.suggesting import completed, typed_source


@pytest.mark.parametrize(
    ("words", "source", "text"),
    [
        (["sync", "fleet"], "", "fleet"),
        (["sync", "my fleet", "--profile", "a b"], "", '"my fleet" --profile "a b"'),
        (["sync", "--connection", "Work"], "", "Work"),
        (["sync", "--connection", "Work"], "s3://fleet", "s3://fleet --connection Work"),
        (
            ["sync", "s3://fleet", "--addressing", "path", "--ca-file", "ca.pem", "--region", "eu-west-1"],
            "",
            "s3://fleet --region eu-west-1 --addressing path --ca-file ca.pem",
        ),
    ],
)
def test_sources_with_the_options_that_were_typed(words: list[str], source: str, text: str) -> None:
    assert typed_source(parse_command(words), source) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Wait: main.py bucket wait s3://fleet/part", "Wait: main.py bucket wait s3://fleet/part --profile x"),
        (
            "Or: main.py bucket policy s3://fleet --delivery live",
            "Or: main.py bucket policy s3://fleet --profile x --delivery live",
        ),
        ("Or: main.py bucket wait s3://a/b c", 'Or: main.py bucket wait "s3://a/b c" --profile x'),
        ("Nothing of the sort.", "Nothing of the sort."),
    ],
)
def test_commands_get_the_options(text: str, whole: str) -> None:
    words = parse_command(["bucket", "check", "fleet", "--profile", "x"])
    assert completed(text, words) == whole
