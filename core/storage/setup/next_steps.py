"""What is left to do in the platform's console once a bucket is set up: texts for the window and the command line."""

from __future__ import annotations

from dataclasses import dataclass

from core.storage.setup.policies import Delivery


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do in the platform's console.

    Attributes:
        title: as a command without a full stop.
        text: how, sentences.
    """

    title: str
    text: str


def next_steps(bucket: str, delivery: Delivery) -> tuple[NextStep, ...]:
    """What to do in the platform's console so that it delivers into a bucket, in order.

    Args:
        bucket: the bucket's name, which is entered there.
        delivery: which of the two the bucket was set up for.
    """
    sandbox = delivery is Delivery.SANDBOX
    return (
        NextStep(
            "Create the cloud app",
            f"In High Mobility's console, in the {'sandbox' if sandbox else 'live'} environment. The bucket is set up "
            f"for {delivery.words} and takes no other.",
        ),
        NextStep(
            "Choose the permissions",
            "Only what the app may read of a vehicle is delivered. For the odometer that is Diagnostics › Odometer."
            + ("" if sandbox else " Live data come only of vehicles whose owners have approved."),
        ),
        NextStep("Choose S3 as the delivery", "An app has only one way of delivery at a time; the one before ends."),
        NextStep(
            "Enter the bucket's name and save",
            f"The name is {bucket}. As soon as it is saved, the platform stores a test file in the bucket.",
        ),
        NextStep(
            "Wait for the first batch",
            "Start the simulator of a vehicle in the sandbox: while it sends, a batch comes about every five minutes."
            if sandbox
            else "While vehicles send, a batch comes about every five minutes.",
        ),
    )
