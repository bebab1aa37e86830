from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from core import settings as store
from core.connections import Connection, S3Options
from core.errors import OdographError
from core.settings import MAX_RECENT_SOURCES, Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_file_defaults_are_used() -> None:
    assert store.load() == Settings()
    assert not store.settings_file().exists()


def test_what_was_saved_comes_back() -> None:
    settings = Settings(theme="dark", time_zone="Asia/Kathmandu", restore_last_source=False, join_renamed=False)
    settings.units, settings.unit_overrides = "as sent", {"diagnostics.tire_pressures.pressure": "bars"}
    settings.remember(Connection("s3://fleet/backup", S3Options("analyst", "eu-west-1", "https://s3.example.com")))
    settings.remember(Connection("/data/Flotte Süd"))
    store.save(settings)
    assert store.load() == settings
    assert [path.name for path in store.settings_file().parent.iterdir()] == ["settings.json"]


def test_only_what_differs_from_the_defaults_is_written() -> None:
    store.save(Settings(theme="light"))
    assert json.loads(store.settings_file().read_text("utf-8")) == {"theme": "light"}


def test_recent_sources_are_newest_first_once_each_and_few() -> None:
    settings = Settings()
    for number in range(20):
        settings.remember(Connection(f"/data/{number}"))
    settings.remember(Connection("/data/15"))
    addresses = [source.address for source in settings.recent_sources]
    assert len(addresses) == MAX_RECENT_SOURCES == 12
    assert addresses[:3] == ["/data/15", "/data/19", "/data/18"]
    assert len(set(addresses)) == len(addresses)
    assert settings.last_source == Connection("/data/15")


def test_the_same_bucket_with_another_profile_is_another_source() -> None:
    settings = Settings()
    settings.remember(Connection("s3://fleet", S3Options("a")))
    settings.remember(Connection("s3://fleet", S3Options("b")))
    assert [source.options.profile for source in settings.recent_sources] == ["b", "a"]


def test_forgetting_a_source() -> None:
    settings = Settings()
    settings.remember(Connection("/data/1"))
    settings.remember(Connection("/data/2"))
    settings.forget(Connection("/data/2"))
    assert settings.recent_sources == [Connection("/data/1")]
    assert settings.last_source is None


def test_saved_connections_are_kept_by_name_and_go_with_what_was_opened() -> None:
    settings = Settings()
    fleet = Connection("s3://fleet", S3Options(keys="Fleet"), "Fleet")
    settings.save_connection(Connection("s3://work", name="work"))
    settings.save_connection(fleet)
    settings.remember(fleet)
    settings.remember(Connection("s3://fleet"))
    assert settings.saved(Connection("s3://fleet", name="FLEET")) == fleet
    assert settings.saved(Connection("s3://gone", name="FLEET")) == Connection("s3://gone")
    assert settings.saved(Connection("s3://x")) == Connection("s3://x")
    renamed = Connection("s3://fleet/app", S3Options(keys="Fleet"), "Fleet, one app")
    settings.save_connection(renamed, before="Fleet")
    assert [each.name for each in settings.connections] == ["Fleet, one app", "work"]
    assert settings.recent_sources == [Connection("s3://fleet"), renamed]
    assert settings.keys_in_use() == {"Fleet"}
    store.save(settings)
    assert store.load() == settings
    settings.remove_connection(renamed)
    assert [each.name for each in settings.connections] == ["work"]
    assert settings.recent_sources == [Connection("s3://fleet")]
    assert settings.keys_in_use() == set()


def test_a_source_from_elsewhere_cannot_use_access_keys_with_another_server() -> None:
    settings = Settings()
    fleet = Connection("s3://fleet", S3Options(keys="Fleet"), "Fleet")
    settings.save_connection(fleet)
    assert settings.trusted(Connection("s3://fleet", name="fleet")) == fleet
    assert settings.trusted(Connection("s3://fleet/part", S3Options(keys="Fleet"))).options.keys == "Fleet"
    assert settings.trusted(Connection("s3://evil", name="Fleet")) == Connection("s3://evil")
    evil = Connection("s3://fleet", S3Options(endpoint_url="https://evil.example", keys="Fleet"))
    renamed = settings.trusted(evil)
    # Keys of a connection that was never opened are in memory, but no connection tells of them.
    assert re.fullmatch(r"Fleet [0-9a-f]{6}", renamed.options.keys)
    settings.remember(renamed)
    assert settings.trusted(evil) == renamed


@pytest.mark.expects_log("odograph.settings")
def test_a_broken_connection_costs_no_other() -> None:
    _write({"connections": [{"address": "s3://a", "name": "A"}, {"name": "B"}, {"address": "s3://c"}]})
    assert store.load().connections == [Connection("s3://a", name="A")]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:pa/ss@word@s3.example.com:9000/x", "https://s3.example.com:9000/x"),
        ("user:password@s3.example.com", "s3.example.com"),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566"),
        ("", ""),
    ],
)
def test_an_endpoint_keeps_no_login(url: str, kept: str) -> None:
    settings = Settings()
    settings.remember(Connection("s3://fleet", S3Options(endpoint_url=url)))
    store.save(settings)
    assert "password" not in store.settings_file().read_text("utf-8")
    assert store.load().recent_sources[0].options.endpoint_url == kept


@pytest.mark.expects_log("odograph.settings")
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_broken_file_is_kept_aside(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    file = store.settings_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    assert store.load() == Settings()
    assert file.with_name("settings.json.broken").read_bytes() == content
    assert not file.exists()
    assert "broken" in caplog.text


def test_unknown_settings_are_dropped_with_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    _write({"theme": "dark", "colour_of_the_sky": "blue"})
    with caplog.at_level("INFO", "odograph.settings"):
        assert store.load() == Settings(theme="dark")
    assert "colour_of_the_sky" in caplog.text


@pytest.mark.expects_log("odograph.settings")
@pytest.mark.parametrize(
    "content",
    [
        {"theme": "pink"},
        {"theme": []},
        {"time_zone": 3},
        {"time_zone": ""},
        {"units": "british"},
        {"units": []},
        {"unit_overrides": ["bars"]},
        {"unit_overrides": {"diagnostics.odometer": 1}},
        {"gap_factor": -1},
        {"gap_factor": "never"},
        {"gap_factor": True},
        {"restore_last_source": "yes"},
        {"join_renamed": 1},
        {"recent_sources": "s3://fleet"},
        {"recent_sources": [{"profile": "a"}]},
        {"recent_sources": [{"address": "s3://fleet", "profile": 1}]},
        {"last_source": 5},
        {"recent_commands": "fit"},
        {"recent_commands": [1]},
        {"shortcuts": ["Ctrl+E"]},
    ],
)
def test_unusable_values_fall_back_alone(content: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    other: dict[str, Any] = {"theme": "dark"} if "theme" not in content else {"time_zone": "UTC"}
    _write(content | other)
    assert store.load() == Settings(**other)
    assert next(iter(content)) in caplog.text


def test_broken_keys_of_one_command_cost_no_other(caplog: pytest.LogCaptureFixture) -> None:
    _write({"shortcuts": {"fit": ["G"], "reload": "F6", "quit": [5], "about": []}})
    with caplog.at_level("INFO", "odograph.settings"):
        assert store.load() == Settings(shortcuts={"fit": ["G"], "about": []})
    assert "reload" in caplog.text
    assert "quit" in caplog.text


def test_a_hand_written_list_is_cut_and_cleared_of_doubles() -> None:
    _write({"recent_sources": [{"address": f"/data/{number % 15}"} for number in range(30)]})
    addresses = [source.address for source in store.load().recent_sources]
    assert addresses == [f"/data/{number}" for number in range(12)]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OdographError) as caught:
        store.save(Settings(), tmp_path / "file" / "settings.json")
    assert str(tmp_path / "file" / "settings.json") in str(caught.value)


@pytest.mark.expects_log("odograph.settings")
def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "settings.json").mkdir()
    assert store.load(tmp_path / "settings.json") == Settings()
    assert (tmp_path / "settings.json").is_dir()
    assert "cannot be read" in caplog.text


def test_an_interrupted_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    store.save(Settings(theme="dark"), file)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OdographError, match="could not be saved"):
        store.save(Settings(theme="light"), file)
    assert store.load(file) == Settings(theme="dark")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def _write(content: dict[str, Any]) -> None:
    store.settings_file().parent.mkdir(parents=True)
    store.settings_file().write_text(json.dumps(content), "utf-8")
