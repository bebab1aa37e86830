"""Understands the many ways in which people write where a bucket is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from core.errors import UsageError

_HINT = "Write s3://bucket/prefix, or paste the bucket's address from the AWS console."
_REGION = r"[a-z]{2,3}(?:-[a-z]+)+-\d"
_AMAZON = r"amazonaws\.com(?:\.cn)?"
_CONSOLE = re.compile(rf"(?:(?P<region>{_REGION})\.)?(?:s3\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn)")
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
    return _made(text, text)


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
