"""The command that administers a bucket: check, create, policy, analyst-policy, wait, delete-test-file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.cli.asking import confirm
from core.cli.connecting import connection_of
from core.cli.console import printable
from core.cli.parser import PROGRAM, s3_options
from core.cli.suggesting import completed, typed_source
from core.connections import Connection
from core.errors import ObjectNotFound, UsageError, WrongRegion
from core.storage.addresses import bucket_and_prefix, reach_bucket
from core.storage.sessions import open_session
from core.storage.setup.carrying_out import Outcome, SetupResult, StepOutcome, carry_out
from core.storage.setup.check import check_bucket
from core.storage.setup.findings import report_json, report_text
from core.storage.setup.names import check_name
from core.storage.setup.next_steps import next_steps
from core.storage.setup.plan import SetupPlan, SetupRequest, StepKind, StepState, make_plan
from core.storage.setup.policies import Delivery, analyst_policy, delivery_policy, pretty
from core.storage.setup.regions import DELIVERY_REGION
from core.storage.setup.test_file import delete_test_file, find_test_file, find_test_files
from core.storage.setup.waiting import Arrival, arrival_text, batches_text, wait_for_delivery

if TYPE_CHECKING:
    import argparse

    from core.cli.console import Console
    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.setup.plan import PlanStep

_DONE, _FAILED = 0, 1
_STATES = {
    StepState.NEEDED: "to do",
    StepState.DONE: "done already",
    StepState.UNKNOWN: "to do",
    StepState.LEFT_OUT: "left out",
    StepState.NOT_OFFERED: "left out",
    StepState.BLOCKED: "cannot be done",
}


def bucket(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Do what the action says."""
    name, prefix, options = _place(words)
    actions = {
        "check": _check,
        "create": _set_up,
        "policy": _set_up,
        "analyst-policy": _analyst_policy,
        "wait": _wait,
        "delete-test-file": _delete_test_file,
    }
    return actions[words.action](words, name, prefix, options, console, ctx)


def _place(words: argparse.Namespace) -> tuple[str, str, S3Options]:
    """The bucket's name, the prefix, and how it is reached."""
    options = s3_options(words)
    # A word alone is a bucket's name here, and no saved connection's, which may be another bucket's.
    named = connection_of(words) if words.connection else Connection(words.source, options)
    found = reach_bucket(named.address, named.options)
    if not words.connection:
        # An address may have named them, and commands that are suggested name s3://bucket alone.
        words.endpoint_url, words.region = found.options.endpoint_url, found.options.region
    name, prefix = bucket_and_prefix(found.address)
    return name, prefix, found.options


def _check(
    words: argparse.Namespace, name: str, prefix: str, options: S3Options, console: Console, ctx: JobContext
) -> int:
    report = check_bucket(
        name,
        prefix,
        open_session(options, ctx),
        ctx,
        delivery=Delivery(words.delivery) if words.delivery else None,
        principal=words.principal,
        any_region=words.any_region,
    )
    findings = (replace(finding, advice=completed(finding.advice, words)) for finding in report.findings)
    report = replace(report, findings=tuple(findings))
    console.data(
        json.dumps(report_json(report), ensure_ascii=False, indent=2) if words.json else _shown(report_text(report))
    )
    return _FAILED if report.can_deliver is False else _DONE


def _analyst_policy(
    words: argparse.Namespace, name: str, prefix: str, options: S3Options, console: Console, ctx: JobContext
) -> int:
    check_name(name, new=False)
    console.data(pretty(analyst_policy(name, prefix)))
    console.say(f"Attach it to a user or role (IAM), which then opens: {PROGRAM} s3://{name}/{prefix}".rstrip("/"))
    return _DONE


def _set_up(
    words: argparse.Namespace, name: str, prefix: str, options: S3Options, console: Console, ctx: JobContext
) -> int:
    if prefix:
        raise UsageError("A bucket is set up as a whole", subject=f"s3://{name}/{prefix}", hint=f"Give s3://{name}.")
    delivery = Delivery(words.delivery or Delivery.SANDBOX)
    alone = words.action == "policy"
    request = SetupRequest(
        name,
        delivery,
        options.region or DELIVERY_REGION,
        words.any_region,
        words.principal,
        (StepKind.POLICY,) if alone else tuple(StepKind),
    )
    if alone and words.print:
        check_name(name, new=False)
        console.data(pretty(delivery_policy(name, request.who)))
        return _DONE
    session = open_session(options, ctx)
    try:
        plan = make_plan(request, session, ctx)
    except WrongRegion as error:
        error.hint += " That is: --any-region"
        raise
    if words.plan:
        console.data(
            json.dumps(_plan_json(plan), ensure_ascii=False, indent=2) if words.json else _shown(plan_text(plan))
        )
        return _FAILED if plan.blocked else _DONE
    console.warn(_shown(plan_text(plan)))
    if plan.to_do and not plan.blocked:
        confirm(f"Do this to the bucket {name}?", console, yes=words.yes, otherwise="Nothing was changed")
    result = carry_out(plan, session, ctx, lambda outcome: _tell(outcome, console))
    if words.json:
        console.data(json.dumps(_result_json(result), ensure_ascii=False, indent=2))
    if result.error is not None:
        _say_what_is_done(result, console)
        raise result.error
    left_out = [step.title for step in plan.steps if step.state is StepState.LEFT_OUT]
    if left_out:
        console.warn(f"Left out, as it cannot be read whether it is so: {', '.join(left_out)}")
    console.say(f"Everything {'else ' if left_out else ''}is as it should be.")
    if not words.principal:
        console.say("What is left to do in the platform's console:")
        for number, step in enumerate(next_steps(name, delivery), start=1):
            console.say(f"  {number}. {step.title}: {step.text}")
        console.say(f"Then: {PROGRAM} bucket wait {typed_source(words, f's3://{name}')}")
    return _DONE


def _tell(outcome: StepOutcome, console: Console) -> None:
    if outcome.outcome is Outcome.OK:
        console.say(f"{outcome.step.title}: {outcome.text} ({outcome.seconds:.1f} s)")


def _say_what_is_done(result: SetupResult, console: Console) -> None:
    for outcome, words in ((Outcome.OK, "Done"), (Outcome.FAILED, "Failed"), (Outcome.WAITING, "Not done")):
        steps = result.of(outcome)
        if steps:
            console.warn(f"{words}: {', '.join(item.step.title for item in steps)}")


def plan_text(plan: SetupPlan) -> str:
    """A plan as plain text, lines joined by line feeds."""
    lines = [f"Plan for the bucket {plan.request.bucket} in {plan.region}, for delivery by {plan.request.who}", ""]
    for number, step in enumerate(plan.steps, start=1):
        lines += [f"{number}. {step.title}: {_STATES[step.state]}. {step.reason}".rstrip()]
        lines += [f"   {note}" for note in step.notes]
        if step.to_do:
            lines += [f"   {step.operation}, which needs {step.permission}"]
            shown = step.diff or step.request_text
            lines += [f"     {line}" for line in shown.splitlines()]
    return "\n".join(lines)


def _shown(text: str) -> str:
    """Lines in which keys and policies of others stand, without what would steer a terminal."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _plan_json(plan: SetupPlan) -> dict[str, Any]:
    return {"bucket": plan.request.bucket, "region": plan.region, "steps": [_step_json(step) for step in plan.steps]}


def _step_json(step: PlanStep) -> dict[str, Any]:
    return {
        "step": step.kind.value,
        "title": step.title,
        "state": step.state.value,
        "reason": step.reason,
        "notes": list(step.notes),
        "operation": step.operation,
        "request": json.loads(step.request_text),
        "permission": {"action": step.permission.action, "resource": step.permission.resource},
        "diff": step.diff,
    }


def _result_json(result: SetupResult) -> dict[str, Any]:
    steps = [
        {
            **_step_json(item.step),
            "outcome": item.outcome.value,
            "seconds": round(item.seconds, 3),
            "error": str(item.error) if item.error is not None else None,
        }
        for item in result.outcomes
    ]
    return {"bucket": result.plan.request.bucket, "region": result.plan.region, "steps": steps}


def _wait(
    words: argparse.Namespace, name: str, prefix: str, options: S3Options, console: Console, ctx: JobContext
) -> int:
    def tell(arrival: Arrival) -> None:
        console.data(
            json.dumps(_arrival_json(arrival), ensure_ascii=False) if words.json else printable(arrival_text(arrival))
        )
        console.flush()

    session = open_session(options, ctx)
    place = f"s3://{name}/{prefix}".rstrip("/")
    console.say(f"Watching {place}; Ctrl+C ends it")
    limit = words.timeout * 60.0 if words.timeout else None
    result = wait_for_delivery(name, prefix, session, ctx, tell, batches=words.batches, seconds=limit)
    if not result.complete:
        console.warn(f"The time is over. See what is wrong: {PROGRAM} bucket check {typed_source(words, place)}")
        return _FAILED
    console.say(f"Delivery works: {batches_text(result)}")
    if result.test_files:
        console.say(f"The test file can be deleted: {PROGRAM} bucket delete-test-file {typed_source(words, place)}")
    return _DONE


def _arrival_json(arrival: Arrival) -> dict[str, Any]:
    return {
        "kind": arrival.kind.value,
        "key": arrival.key,
        "size": arrival.size,
        "stored": arrival.stored.isoformat(),
        "before": arrival.before,
        "waited": round(arrival.waited, 1),
    }


def _delete_test_file(
    words: argparse.Namespace, name: str, prefix: str, options: S3Options, console: Console, ctx: JobContext
) -> int:
    session = open_session(options, ctx)
    place = f"s3://{name}/{prefix}".rstrip("/")
    key = words.key
    if not key:
        found = find_test_files(name, prefix, session, ctx)
        if not found:
            raise ObjectNotFound("There is no test file", subject=place)
        names = ", ".join(printable(item.key) for item in found)
        if len(found) > 1:
            raise UsageError("Several objects look like the test file", subject=names, hint="Name one with --key.")
        if words.yes:
            # That it is the test file is only likely, which somebody has to confirm.
            raise UsageError(
                "Which object is the test file has to be said", subject=place, hint=f"It may be --key {names}"
            )
        key = found[0].key
    seen = find_test_file(name, prefix, key, session, ctx)
    stored = f"{seen.size:,} B, stored {seen.modified:%Y-%m-%d %H:%M} UTC"
    confirm(f"Delete s3://{name}/{printable(key)} ({stored})?", console, yes=words.yes, otherwise="Nothing was deleted")
    deleted = delete_test_file(name, prefix, key, session, ctx, seen)
    if words.json:
        console.data(json.dumps({"deleted": deleted.key, "size": deleted.size}))
    console.say(f"Deleted {printable(deleted.key)}, {deleted.size:,} B")
    return _DONE
