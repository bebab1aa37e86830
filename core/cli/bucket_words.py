"""The words of the commands that administer a bucket or deliver a simulated fleet into one."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET_ACTIONS = ("check", "create", "policy", "analyst-policy", "wait", "delete-test-file")
BUCKET_HELP = """\
check             look at a bucket that is there: region, public access, policy, encryption,
                  versioning, lifecycle, apps, last batch; ends with 1 where delivery cannot
                  work. With few rights, it says which permissions lack to see the rest
create            make a bucket in eu-west-1 with public access blocked, encryption, and the
                  policy that lets the platform deliver; what is right already stays
policy            add what delivery needs to the policy of a bucket that is there; other
                  statements stay. --print only prints the policy, to hand it to somebody
analyst-policy    print the least IAM policy for reading the bucket, or only the prefix or app
                  of s3://bucket/prefix, to hand it to an administrator
wait              watch for the platform's test file and the first batches, and tell of each
delete-test-file  delete the platform's test file, which is all that is ever deleted

create and policy show a plan with the exact requests first and ask; --plan only shows it.
ADDRESS is s3://bucket, s3://bucket/prefix or a bucket's name."""
SIMULATE_HELP = """\
DEST is a new or empty folder, or s3://bucket/prefix: a bucket is asked for on the
terminal before anything is stored in it. One that was ended goes on where it was when
it is started again in the same way; nothing that is there is replaced or deleted.

With --live, batches are delivered into the bucket in real time, each when it is due,
until Ctrl+C, with a test file first, as the platform does."""


def add_bucket(parser: argparse.ArgumentParser, positive: Callable[[str], int]) -> None:
    """The words of ``bucket``, without those that say how a bucket is reached."""
    parser.add_argument("action", metavar="ACTION", choices=BUCKET_ACTIONS, help="see above")
    parser.add_argument("source", metavar="ADDRESS", nargs="?", default="", help="see above")
    parser.add_argument(
        "--delivery",
        choices=("sandbox", "live"),
        default="",
        help="whose data are delivered: of the sandbox (default), or live ones; check looks for either",
    )
    parser.add_argument(
        "--principal",
        metavar="ARN",
        type=_principal,
        default="",
        help="somebody else who may deliver, instead of the platform",
    )
    parser.add_argument(
        "--any-region", action="store_true", help="another region than eu-west-1, where the platform cannot deliver"
    )
    parser.add_argument("--plan", action="store_true", help="create, policy: show what would be done, and end")
    parser.add_argument("--print", action="store_true", help="policy: print it and end; no server is asked")
    parser.add_argument("--batches", metavar="N", type=positive, default=2, help="wait: for so many (2)")
    parser.add_argument("--timeout", metavar="MINUTES", type=_minutes, help="wait: at most so long, then end with 1")
    parser.add_argument("--key", default="", help="delete-test-file: the test file's; needed with --yes")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="JSON instead of text; with wait, an object a line")


def add_simulate(parser: argparse.ArgumentParser, positive: Callable[[str], int]) -> None:
    """The words of ``simulate``, without those that say how a bucket is reached."""
    parser.add_argument("source", metavar="DEST", help="see above")
    parser.add_argument("--vehicles", type=positive, help="how many (12; with --live 60)")
    parser.add_argument("--days", type=positive, help="how many (30); not with --live")
    parser.add_argument("--seed", type=int, default=1, help="another one gives another fleet (1)")
    parser.add_argument("--live", action="store_true", help="bucket: deliver in real time until Ctrl+C")
    parser.add_argument("--among-others", action="store_true", help="bucket: although other apps have data there")
    parser.add_argument("--yes", action="store_true", help="bucket: do not ask")


def _principal(text: str) -> str:
    from core.storage.setup.policies import check_principal

    try:
        check_principal(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no principal. {error.hint}") from None
    return text


def _minutes(text: str) -> float:
    # Not float alone, which takes "nan" and "inf" too.
    if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", text, re.ASCII) or float(text) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes above 0")
    return float(text)
