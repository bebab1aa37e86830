from __future__ import annotations

from typing import TYPE_CHECKING

from core.storage import sso_cache
from core.storage.credential_files import mark

if TYPE_CHECKING:
    from pathlib import Path


def test_every_way_to_renew_credentials_is_noticed(home: Path) -> None:
    marks = [mark()]
    (home / "aws-config").write_text("[default]\n")
    marks.append(mark())
    (home / "aws-credentials").write_text("[default]\n")
    marks.append(mark())
    sso_cache.folder().mkdir(parents=True)
    marks.append(mark())
    (home / "new").write_text("[default]\n")
    (home / "new").replace(home / "aws-credentials")
    marks.append(mark())
    assert len(set(marks)) == len(marks)
    assert mark() == marks[-1]
