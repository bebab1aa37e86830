"""A real S3 server for the tests of storage, with buckets and users that are made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.jobs import JobContext
from tests.servers import allow

if TYPE_CHECKING:
    from tests.servers import Keys, MiniStack

APP = "9FBBEDED80595912588FF4FF"
OTHER_APP = "0A1B2C3D4E5F60718293A4B5"
DAY = f"{APP}/level13/2022/11/18"


@dataclass(frozen=True, slots=True)
class Users:
    """Users by what they may do."""

    all: Keys
    reader: Keys
    lister: Keys
    getter: Keys
    part: Keys
    nobody: Keys


def layout() -> dict[str, bytes]:
    """A small layout with everything that occurs: two apps, levels, unpadded keys, objects that are no batches."""
    keys = [
        "test.txt",
        "logs/2022/11/access.log",
        "logs/odd name +ü%20.txt",
        f"{APP}/readme.md",
        f"{APP}/level11/2021/12/31/23-59-59-999999999-aa.json",
        f"{APP}/level13/2022/9/3/7-5-9-5-ab.json",
        f"{APP}/level13/2022/10/01/00-00-00-000000000-01.json",
        f"{DAY}/14-11-23-699000000-c0d010d5.json",
        f"{DAY}/14-16-23-699000000-c0d010d6.json",
        f"{DAY}/notes.csv",
        f"{DAY}/deeper/more.json",
        f"{APP}/level13/2022/11/19/00-00-00-000000001-ff.json",
        f"{OTHER_APP}/level12/2023/01/02/03-04-05-060000000-dd.json",
    ]
    return {key: key.encode() for key in sorted(keys)}


def many() -> dict[str, bytes]:
    """One day with 2,100 small batches."""
    times = ((number // 60 // 60, number // 60 % 60, number % 60) for number in range(0, 2100 * 30, 30))
    return {f"{DAY}/{h:02d}-{m:02d}-{s:02d}-000000000-{h:02x}.json": b"[]" for h, m, s in times}


@pytest.fixture(scope="session")
def users(server: MiniStack) -> Users:
    return Users(
        all=server.add_user("all", allow("s3:*")),
        reader=server.add_user(
            "reader", allow("s3:ListBucket", on="fleet"), allow("s3:GetObject", on="fleet/*"), allow("s3:*", on="many*")
        ),
        lister=server.add_user("lister", allow("s3:ListBucket", on="fleet")),
        getter=server.add_user("getter", allow("s3:GetObject", on="fleet/*")),
        part=server.add_user(
            "part",
            allow("s3:ListBucket", on="fleet", prefix=f"{APP}/level13/2022/11"),
            allow("s3:GetObject", on=f"fleet/{APP}/level13/2022/11/*"),
        ),
        nobody=server.add_user("nobody"),
    )


@pytest.fixture(scope="session")
def fleet(server: MiniStack, users: Users) -> str:
    """A bucket with the layout at its root and again below ``back up/eu``."""
    server.create_bucket("fleet")
    server.put("fleet", layout() | {f"back up/eu/{key}": content for key, content in layout().items()}, users.all)
    return "fleet"


@pytest.fixture(scope="session")
def many_bucket(server: MiniStack, users: Users) -> str:
    """A bucket and prefix with 2,100 batches in one day."""
    server.create_bucket("many")
    server.put("many", {f"deep/{key}": content for key, content in many().items()}, users.all)
    return "many/deep"


@pytest.fixture
def ctx() -> JobContext:
    return JobContext()
