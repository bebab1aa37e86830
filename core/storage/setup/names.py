"""The rules for names of buckets, each with its reason, so that a name can be checked while it is typed."""

from __future__ import annotations

import ipaddress
import re
import string

from core.errors import UsageError

SHORTEST = 3
LONGEST = 63

_ALLOWED = frozenset(string.ascii_lowercase + string.digits + ".-")
_ENDS = frozenset(string.ascii_lowercase + string.digits)
# AWS keeps these for access points, S3 on Outposts, directory buckets, tables and its own services.
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-an", "-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


def name_problems(name: str, *, new: bool = True) -> tuple[str, ...]:
    """Why a name cannot be a bucket's, as sentences with a full stop, the gravest first; empty where it can.

    A bucket that is there may have what AWS keeps for itself: it was made before, or by AWS.

    Whether the name is taken is not among them: the names of all buckets of all customers are one set, and only the
    server knows it.
    """
    if not name:
        return ("Type a name.",)
    problems: list[str] = []
    strange = "".join(dict.fromkeys(char for char in name if char not in _ALLOWED))
    if strange and strange.lower() != strange and all(char.lower() in _ALLOWED for char in strange):
        problems.append("Only lower-case letters: the name is part of an internet address.")
    elif strange:
        shown = " ".join("a space" if char.isspace() else char for char in strange[:5])
        problems.append(f"Only lower-case letters a–z, digits, hyphens and dots; not allowed here: {shown}.")
    if len(name) < SHORTEST:
        problems.append(f"At least {SHORTEST} characters.")
    if len(name) > LONGEST:
        problems.append(f"At most {LONGEST} characters, these are {len(name)}.")
    if not strange and (name[0] not in _ENDS or name[-1] not in _ENDS):
        problems.append("The first and the last character are a letter or a digit.")
    if ".." in name:
        problems.append("No two dots side by side: each part between dots is a part of an internet address.")
    if _ADDRESS.fullmatch(name) and _is_ip(name):
        problems.append("Not an IP address, for which it would be taken.")
    if not new:
        return tuple(problems)
    problems += [
        f"Not beginning with {start}, which AWS keeps." for start in _RESERVED_STARTS if name.startswith(start)
    ]
    problems += [f"Not ending with {end}, which AWS keeps." for end in _RESERVED_ENDS if name.endswith(end)]
    return tuple(problems)


def name_advice(name: str) -> str:
    """What is allowed but a nuisance, as one sentence; empty where there is nothing to say."""
    if "." in name and not name_problems(name):
        return "A name without dots is better: with dots, the certificate of S3's own address does not fit."
    return ""


def check_name(name: str, *, new: bool = True) -> None:
    """Refuse what cannot be a bucket's name.

    Args:
        new: the bucket is to be made.

    Raises:
        UsageError: with every rule that is broken.
    """
    problems = name_problems(name, new=new)
    if problems:
        title = "This is no name for a new bucket" if new else "No bucket can have this name"
        raise UsageError(title, subject=name, hint=" ".join(problems))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
