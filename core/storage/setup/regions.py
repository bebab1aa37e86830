"""Where a bucket for delivery must lie."""

from __future__ import annotations

import re

from core.errors import UsageError, WrongRegion

DELIVERY_REGION = "eu-west-1"
"""The only region into which the platform delivers."""
DELIVERY_REGION_NAME = "Europe (Ireland)"

# The one region that is created in by not naming it.
FIRST_REGION = "us-east-1"

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")


def check_region(region: str, *, any_region: bool) -> None:
    """Refuse a region into which nothing would be delivered.

    Args:
        region: as AWS writes it.
        any_region: another region is meant, such as for the simulator or another server.

    Raises:
        UsageError: this is no region's name.
        WrongRegion: it is not the one that delivery works in, and was not asked for on purpose.
    """
    if not _REGION.fullmatch(region):
        raise UsageError(
            "This is no region's name", subject=region, hint=f"Write it as AWS does, for example {DELIVERY_REGION}."
        )
    if region != DELIVERY_REGION and not any_region:
        raise not_delivered_to(region, region)


def not_delivered_to(region: str, subject: str) -> WrongRegion:
    """The error of a bucket that lies, or would lie, in another region than the platform delivers to."""
    return WrongRegion(
        "The platform does not deliver into this region",
        subject=subject,
        hint=f"Delivery works only in {DELIVERY_REGION}, {DELIVERY_REGION_NAME}, not in {region}. Create the bucket "
        "there, or say on purpose that any region will do.",
        region=DELIVERY_REGION,
    )


def location_of(region: str) -> dict[str, str] | None:
    """The configuration that CreateBucket takes for a region; None for the one region that takes none."""
    return None if region == FIRST_REGION else {"LocationConstraint": region}
