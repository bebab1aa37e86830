"""From an address to a source."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from core.connections import S3Options
from core.errors import AccessDenied, SourceNotFound, UsageError
from core.storage.folder import FolderSource
from core.storage.keys import split_batch, split_root

if TYPE_CHECKING:
    from core.storage.source import Source

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_FORMS = "Write s3://bucket/prefix or the path of a folder."


_DEFAULT = S3Options()


def open_source(address: str, options: S3Options = _DEFAULT, *, must_exist: bool = True) -> Source:
    """Open the source at an address. Asks no server; a bucket is first asked when something is listed or fetched.

    Args:
        address: ``s3://bucket/prefix``, ``file://`` and a path, or a folder's path, ``~`` allowed. It may point into
            the layout (an app, a level, a month): then that part alone is opened, and the day of a batch.
        options: used for buckets only.
        must_exist: a folder must be there; else it is found missing when something is listed or fetched.

    Raises:
        UsageError: the address or an option makes no sense.
        SourceNotFound: there is no such folder.
        AccessDenied: the folder may not be seen.
    """
    text = address.strip()
    if not text:
        raise UsageError("No address was given", hint=_FORMS)
    scheme = _SCHEME.match(text)
    name = scheme.group(1).lower() if scheme else ""
    if name == "s3":
        return _open_bucket(text, options)
    if name == "file":
        return _open_folder(text, must_exist)
    if "://" in text:
        hint = _FORMS
        if "amazonaws.com" in text or "console.aws" in text:
            hint = "Copy the S3 URI from the console (Properties, S3 URI): it has the form s3://bucket/prefix."
        raise UsageError("This kind of address cannot be opened", subject=text, hint=hint)
    return _open_folder(text, must_exist)


def _open_bucket(address: str, options: S3Options) -> Source:
    if not address.lower().startswith("s3://"):
        raise UsageError("The address is incomplete", subject=address, hint="Write s3://bucket/prefix.")
    bucket, _, path = address[5:].partition("/")
    if not bucket:
        raise UsageError("The address names no bucket", subject=address, hint="Write s3://bucket/prefix.")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise UsageError(
            "This is no bucket's name",
            subject=bucket,
            hint="A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens.",
        )
    if any(part in {".", ".."} for part in path.split("/")):
        raise UsageError("The prefix has a part that is a dot", subject=address, hint="Write the prefix out in full.")
    if options.region and not _REGION.fullmatch(options.region):
        hint = "Write it as AWS does, for example eu-central-1, or leave it empty."
        raise UsageError("This is no region's name", subject=options.region, hint=hint)
    endpoint = _check_endpoint(options.endpoint_url.strip())
    root, scope = split_root(split_batch(path)[0])
    # boto3 alone takes a quarter of a second to import, which a folder need not wait for.
    from core.storage.s3 import S3Source

    used = replace(
        options,
        profile=options.profile.strip(),
        region=options.region.strip(),
        endpoint_url=endpoint,
        ca_file=options.ca_file.strip(),
    )
    return S3Source(bucket, root, scope, used)


def _check_endpoint(endpoint: str) -> str:
    if not endpoint:
        return ""
    hint = "Write it with http:// or https://, for example https://minio.example.com:9000."
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise UsageError("This is no server's address", subject=endpoint, hint=hint)
    if parts.username or parts.password:
        hint = "Leave the name and password out; credentials come from the profile."
        raise UsageError("The server's address holds a name or password", subject=parts.hostname or "", hint=hint)
    return endpoint.rstrip("/")


def read_folder(text: str) -> Path:
    """The absolute path that somebody has written, ``~`` and ``file://`` allowed.

    Raises:
        UsageError: the ``file://`` address makes no sense.
    """
    if text.lower().startswith("file:"):
        text = _path_of_url(text)
    # Not Path.resolve, which would replace links; not Path.expanduser, which raises for an unknown user.
    return Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111


def _open_folder(text: str, must_exist: bool) -> Source:
    path = read_folder(text)
    folder, key = split_batch(path.as_posix())
    path = Path(folder) if key else path
    if must_exist:
        _check_folder(path)
    root, scope = split_root(path.relative_to(path.anchor).as_posix())
    return FolderSource(Path(path.anchor, *root.split("/")), scope)


def _check_folder(path: Path) -> None:
    try:
        path.stat()
    except PermissionError as exc:
        hint = "Ask for the right to read it."
        raise AccessDenied("Access denied", subject=str(path), hint=hint, detail=str(exc)) from exc
    except (OSError, ValueError) as exc:
        hint = "Check the spelling, and that the disk is connected. A bucket's address begins with s3://."
        raise SourceNotFound("There is no such folder", subject=str(path), hint=hint, detail=str(exc)) from exc
    if not path.is_dir():
        hint = f"Open the folder it lies in: {path.parent}"
        raise UsageError("This is a file, not a folder", subject=str(path), hint=hint)


def _path_of_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"} or not parts.path:
        raise UsageError("This file address cannot be opened", subject=url, hint="Write file:///folder or the path.")
    return url2pathname(parts.path)
