"""What a person is told for each kind of trouble with a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import (
    AccessDenied,
    CredentialsMissing,
    CredentialsRejected,
    ObjectNotFound,
    SignInNeeded,
    SourceBusy,
    SourceError,
    SourceNotFound,
    SourceUnreachable,
    UsageError,
    WrongRegion,
)

if TYPE_CHECKING:
    from core.errors import OdographError


@dataclass(frozen=True, slots=True)
class Answer:
    """An error's class, title and hint. Words in braces are filled in from what was being done.

    Attributes:
        passing: whether trying again soon may help.
    """

    error: type[OdographError]
    title: str
    hint: str
    passing: bool = False


ANSWERS: dict[str, Answer] = {
    "no bucket": Answer(
        SourceNotFound,
        "There is no such bucket",
        "Check the spelling of “{bucket}”, and that the credentials{with_profile} belong to {server}.",
    ),
    "no object": Answer(
        ObjectNotFound,
        "The object is gone",
        "It was deleted or moved after it was listed. Refresh the list of batches.",
    ),
    "denied": Answer(
        AccessDenied,
        "Access denied",
        "The credentials{with_profile} need the permission {action} on {resource}. If they may read only a part of "
        "the bucket, open that part, for example s3://{bucket}/prefix.",
    ),
    "encrypted": Answer(
        AccessDenied,
        "The object's encryption key may not be used",
        "The credentials{with_profile} need the permission kms:Decrypt on the key that encrypts {resource}.",
    ),
    "archived": Answer(
        AccessDenied,
        "The object lies in an archive tier",
        "It was moved to Glacier or a similar tier. Restore it first, for example in the S3 console.",
    ),
    "no credentials": Answer(
        CredentialsMissing,
        "No credentials found",
        "Choose a profile, or set credentials up with: aws configure. {profiles}",
    ),
    "half a key": Answer(
        CredentialsMissing,
        "An access key without its secret",
        "Give both aws_access_key_id and aws_secret_access_key{with_profile}, or both of the variables "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ),
    "unknown profile": Answer(CredentialsMissing, "There is no such profile", "{profiles}"),
    "broken config": Answer(
        CredentialsMissing,
        "The AWS configuration cannot be used",
        "Correct the settings{with_profile} in the files config and credentials in the folder .aws of your home "
        "folder.",
    ),
    "not retrieved": Answer(
        CredentialsMissing,
        "The credentials could not be retrieved",
        "Try: aws sts get-caller-identity{profile_option}, and follow what it says.",
    ),
    "sign in": Answer(
        SignInNeeded,
        "The session{with_profile} has expired",
        "Sign in again with: main.py login{profile_option} (or aws sso login{profile_option}).",
    ),
    "not signed in": Answer(
        SignInNeeded,
        "Nobody is signed in to the single sign-on{with_profile}",
        "Sign in with: main.py login{profile_option} (or aws sso login{profile_option}).",
    ),
    "no role": Answer(
        CredentialsRejected,
        "The role{with_profile} may not be used",
        "Signing in works, but not taking on the role. Check the account and the role in the AWS configuration, and "
        "ask an administrator whether they are assigned to you.",
    ),
    "log in": Answer(
        CredentialsRejected,
        "The login session{with_profile} has expired",
        "Sign in again with: aws login{profile_option}, then try again; a restart is not needed.",
    ),
    "mfa": Answer(
        CredentialsRejected,
        "The profile asks for a one-time code",
        "Get temporary credentials first, for example with: aws sts get-session-token{profile_option}, and use these.",
    ),
    "expired": Answer(
        CredentialsRejected,
        "The credentials{with_profile} have expired",
        "Renew them where they come from (aws configure{profile_option}, a new session token, or aws sso login), then "
        "try again; a restart is not needed.",
    ),
    "unknown key": Answer(
        CredentialsRejected,
        "The access key is not known to the server",
        "Check that the access key{with_profile} still exists and belongs to {server}.",
    ),
    "bad secret": Answer(
        CredentialsRejected,
        "The secret key does not fit the access key",
        "Enter the key pair again with: aws configure{profile_option}.",
    ),
    "rejected": Answer(
        CredentialsRejected,
        "The credentials were not accepted",
        "Try: aws sts get-caller-identity{profile_option}. If that fails too, renew the credentials.",
    ),
    "clock": Answer(
        CredentialsRejected,
        "This computer's clock is wrong",
        "The server refuses requests that are more than 15 minutes off. Set the clock and try again.",
    ),
    "region": Answer(
        WrongRegion,
        "The bucket lies in another region",
        "It was looked for in {region}. Choose the region that the S3 console names for the bucket.",
    ),
    "no region": Answer(
        UsageError,
        "The region is not known",
        "Write it as AWS does, for example eu-central-1, or leave it empty, so that it is found by itself.",
    ),
    "busy": Answer(
        SourceBusy,
        "The server asks to slow down",
        "Try again in a minute.",
        passing=True,
    ),
    "server": Answer(
        SourceBusy,
        "The server failed",
        "The fault is on the side of {server}. Try again in a minute.",
        passing=True,
    ),
    "name": Answer(
        SourceUnreachable,
        "The server's name cannot be resolved",
        "Check the network connection (and VPN), and the spelling of {host}.",
        passing=True,
    ),
    "refused": Answer(
        SourceUnreachable,
        "The server refuses the connection",
        "Check that a server runs at {server}, its port, and whether a firewall is in between.",
        passing=True,
    ),
    "tls": Answer(
        SourceUnreachable,
        "No secure connection to the server",
        "Its certificate is not trusted, or it speaks no TLS. Check https against http in the address of {server}; "
        "behind a company's proxy, name its certificates in AWS_CA_BUNDLE.",
    ),
    "timeout": Answer(
        SourceUnreachable,
        "The server does not answer in time",
        "Check the network connection (and VPN), and whether a firewall blocks {server}.",
        passing=True,
    ),
    "proxy": Answer(
        SourceUnreachable,
        "The proxy cannot be reached",
        "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment.",
    ),
    "network": Answer(
        SourceUnreachable,
        "The server cannot be reached",
        "Check the network connection (and VPN), and the address of {server}.",
        passing=True,
    ),
    "not s3": Answer(
        SourceUnreachable,
        "The answer does not come from an S3 server",
        "Something else answers at {server}: check the endpoint, and whether the network wants a sign-in in the "
        "browser first (hotel, guest network, proxy).",
    ),
    "damaged": Answer(
        SourceUnreachable,
        "The transfer was damaged or cut off",
        "Try again. If it keeps happening, check the network connection.",
        passing=True,
    ),
    "usage": Answer(
        UsageError,
        "The server cannot be asked in this way",
        "Check the address, the region and the endpoint, and the AWS configuration{with_profile}.",
    ),
    "other": Answer(
        SourceError,
        "The source cannot be read",
        "Try again. If it keeps happening, copy the details and report them.",
    ),
}
