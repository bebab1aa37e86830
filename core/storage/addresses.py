"""Understands the many ways in which people write where a bucket, a folder or a batch is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from core.connections import Connection, S3Options
from core.errors import UsageError
from core.storage.connection import read_folder
from core.storage.keys import parse_key, split_batch, split_root

if TYPE_CHECKING:
    from collections.abc import Iterable

_HINT = "Write s3://bucket/prefix, or paste the bucket's address from the AWS console."
_REGION = r"[a-z]{2,3}(?:-[a-z]+)+-\d"
_AMAZON = r"amazonaws\.com(?:\.cn)?"
_CONSOLE = re.compile(rf"(?:(?P<region>{_REGION})\.)?(?:s3\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn)")
_AWS = "https://amazonaws.com"
_PORTS = {"http": 80, "https": 443}
_IN_PATH = re.compile(rf"s3(?:[.-](?:dualstack\.)?(?P<region>{_REGION}))?\.{_AMAZON}")
_IN_HOST = re.compile(rf"(?P<bucket>.+)\.s3(?:[.-](?:dualstack\.)?(?P<region>{_REGION}))?\.{_AMAZON}")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is.

    Attributes:
        address: ``s3://bucket/prefix``.
        region: what the text said of the region; may be empty.
        endpoint_url: the server, where the text named one that is not AWS; may be empty.
    """

    address: str
    region: str = ""
    endpoint_url: str = ""


def read_bucket_address(text: str) -> BucketAddress:
    """Understand a bucket's name, an S3 URI, an ARN, an S3 URL or an address of the AWS console.

    A signature in a URL is left out, as it is a secret and grants one object alone.

    Raises:
        UsageError: no bucket can be found in the text.
    """
    text = text.strip().strip("'\"<>").strip()
    lower = text.lower()
    if not text:
        raise UsageError("No bucket was given", hint=_HINT)
    if lower.startswith(("http://", "https://")):
        return _from_url(text)
    if lower.startswith("arn:"):
        # arn:partition:s3:::bucket/prefix
        parts = text.split(":", 5)
        if len(parts) < 6 or parts[2].lower() != "s3":
            raise UsageError("This ARN names no bucket", subject=text, hint=_HINT)
        return _made(text, parts[5])
    if lower.startswith(("s3://", "s3a://", "s3n://")):
        return _made(text, text.partition("://")[2])
    if "://" in text:
        raise UsageError("This is no address of a bucket", subject=text, hint=_HINT)
    if text.startswith(("/", "~", ".")) or "\\" in text:
        hint = "Use “Open a folder” for a folder, or write s3://bucket/prefix for a bucket."
        raise UsageError("This is the path of a folder", subject=text, hint=hint)
    if parse_key(text) is not None:
        hint = "Write s3:// and the bucket before it, or go to it while its source is open."
        raise UsageError("This is a batch's key without its bucket", subject=text, hint=hint)
    return _made(text, text)


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The bucket's name and the prefix of ``s3://bucket/prefix``; the prefix may be empty."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return bucket, prefix


def reach_bucket(text: str, options: S3Options) -> Connection:
    """The bucket that a text names, reached as the text and the options say together.

    Whatever administers or writes asks this: the server in an address is meant, and another one has other buckets of
    the same names.

    Args:
        text: see :func:`read_bucket_address`.
        options: what was said besides.

    Returns:
        ``s3://bucket/prefix`` and the options with the region and the server that the text names.

    Raises:
        UsageError: no bucket can be found in the text, or it names another region or server than the options.
    """
    found = read_bucket_address(text)
    hint = "Leave one of the two out: which of them is meant cannot be told."
    if found.region and options.region and found.region != options.region:
        raise UsageError(
            f"The address lies in {found.region}, not in {options.region}", subject=found.address, hint=hint
        )
    if options.endpoint_url:
        # An address of AWS that names its server, as s3://… does not, is on no other one.
        named = found.endpoint_url or (_AWS if text.strip("'\"<> \n\t").lower().startswith("http") else "")
        if named and not _same_server(named, options.endpoint_url):
            server = "AWS" if named == _AWS else named
            raise UsageError(
                f"The address is on {server}, not on {options.endpoint_url}", subject=found.address, hint=hint
            )
    return Connection(
        found.address,
        replace(
            options,
            region=options.region or found.region,
            endpoint_url=options.endpoint_url or found.endpoint_url,
        ),
    )


def _same_server(first: str, second: str) -> bool:
    try:
        one, other = urlsplit(first), urlsplit(second)
        if first == _AWS:
            return re.search(rf"\.{_AMAZON}$", other.hostname or "") is not None
        return (one.scheme, one.hostname, one.port or _PORTS.get(one.scheme)) == (
            other.scheme,
            other.hostname,
            other.port or _PORTS.get(other.scheme),
        )
    except ValueError:
        return False


def _made(text: str, path: str, region: str | None = "", endpoint: str = "") -> BucketAddress:
    bucket, _, prefix = path.partition("/")
    if not bucket:
        raise UsageError("The address names no bucket", subject=text, hint=_HINT)
    prefix = "/".join(part for part in prefix.split("/") if part)
    address = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"
    return BucketAddress(address, region or "", endpoint)


def _from_url(text: str) -> BucketAddress:
    try:
        url = urlsplit(text)
        host = (url.hostname or "").lower()
        port = url.port
    except ValueError as error:
        raise UsageError("This is no address of a bucket", hint=_HINT, detail=str(error)) from error
    shown = f"{url.scheme}://{host}{url.path}"
    path = unquote(url.path).lstrip("/")
    if match := _CONSOLE.fullmatch(host):
        return _from_console(shown, path, url.query, match["region"])
    if match := _IN_PATH.fullmatch(host):
        return _made(shown, path, match["region"])
    if match := _IN_HOST.fullmatch(host):
        return _made(shown, f"{match['bucket']}/{path}", match["region"])
    place = f"[{host}]" if ":" in host else host
    return _made(shown, path, "", f"{url.scheme.lower()}://{place}" + (f":{port}" if port else ""))


def _from_console(shown: str, path: str, query: str, region: str | None) -> BucketAddress:
    # /s3/buckets/<bucket>?region=…&prefix=…, /s3/object/<bucket>?prefix=<key>
    parts = path.split("/")
    if len(parts) < 3 or parts[0] != "s3" or parts[1] not in {"buckets", "object"} or not parts[2]:
        raise UsageError("This page of the AWS console shows no bucket", subject=shown, hint=_HINT)
    said = parse_qs(query)
    prefix = said.get("prefix", [""])[0]
    return _made(shown, f"{parts[2]}/{prefix}", said.get("region", [region or ""])[0])


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads.

    Attributes:
        connection: the source to open.
        key: of the batch to select in it, relative to the layout's root; may be empty.
        scope: the part of the layout to go to in it (``app/level13/2022``) where there is no batch; may be empty.
        is_open: whether it is the source that is open.
    """

    connection: Connection
    key: str = ""
    scope: str = ""
    is_open: bool = False


def find_destination(text: str, opened: Connection | None, known: Iterable[Connection]) -> Destination:
    """Find out where a text leads that somebody pasted: an address, a folder, or a batch's key.

    Args:
        text: what was pasted.
        opened: the source that is open, or None.
        known: other sources and how they are reached, the most likely first. One of them that holds the place is used.

    Raises:
        UsageError: it leads nowhere.
    """
    text = text.strip().strip("'\"<>").strip()
    if parse_key(text.strip("/")) is not None:
        if opened is None:
            hint = "Open the source that it belongs to first, or paste its whole address."
            raise UsageError("A batch's key alone leads nowhere while nothing is open", subject=text, hint=hint)
        return Destination(opened, key=text.strip("/"), is_open=True)
    place = _place_of(text)
    folder, key = split_batch(place.address.replace("\\", "/"))
    found = _holding(folder, place.options.endpoint_url, [opened] if opened is not None else [])
    is_open = found is not None
    found = found or _holding(folder, place.options.endpoint_url, known)
    if found is not None:
        return Destination(found, key, "" if key else split_root(folder)[1], is_open)
    return Destination(Connection(folder, place.options), key)


def _place_of(text: str) -> Connection:
    lower = text.lower()
    if lower.startswith("file:") or text.startswith(("/", "~", ".")) or re.match(r"[A-Za-z]:[\\/]", text):
        return Connection(str(read_folder(text)))
    if "://" not in text and not lower.startswith("arn:"):
        # A word alone may be a bucket's name, but also anything else that was on the clipboard.
        raise UsageError("This is no address", subject=text[:200], hint=_HINT)
    found = read_bucket_address(text)
    return Connection(found.address, S3Options(region=found.region, endpoint_url=found.endpoint_url))


def _holding(folder: str, endpoint: str, connections: Iterable[Connection]) -> Connection | None:
    """The first of the connections with the longest address below which a folder lies."""
    best: Connection | None = None
    for each in connections:
        if endpoint and each.options.endpoint_url.rstrip("/") != endpoint.rstrip("/"):
            continue
        address = each.address.rstrip("/").replace("\\", "/")
        if (folder == address or folder.startswith(f"{address}/")) and (
            best is None or len(address) > len(best.address.rstrip("/"))
        ):
            best = each
    return best
