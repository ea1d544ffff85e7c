"""Decides whether the stack, a distribution and the names of buckets stand in the way."""

from collections.abc import Iterator

from tools.deploy.stacks import obstacle
from tools.preflight.asking import Aws, NotAllowedError, NotThereError
from tools.preflight.lines import Line
from tools.preflight.stage import Stage

_BUCKETS = {"media": "the archive", "site": "the website", "public": "posters and captions"}


def stack(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say how the stack stands."""
    now = status(aws, stage)
    what = f"Stack {stage.stack}"
    if now is None:
        yield Line(what, "ok", "not there yet; the deployment makes it")
        return
    in_the_way = obstacle(stage.stack, stage.region, now)
    if in_the_way:
        yield Line(what, "stop", f"{now}: {in_the_way.why}", in_the_way.command)
    else:
        yield Line(what, "ok", now)


def status(aws: Aws, stage: Stage) -> str | None:
    """Return the stack's status; None if there is no such stack."""
    try:
        (found,) = aws.ask("cloudformation", "DescribeStacks", StackName=stage.stack)["Stacks"]
    except NotThereError:
        return None
    return str(found["StackStatus"])


def cloudfront(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether the account has made distributions before; nothing tells whether it may."""
    listed = aws.ask("cloudfront", "ListDistributions", region="us-east-1")["DistributionList"]
    if int(listed.get("Quantity", 0)) or status(aws, stage) is not None:
        yield Line("CloudFront", "ok", "this account has made distributions")
        return
    to_do = (
        'A new account may be told "must be verified before you can add new CloudFront resources" '
        "after minutes. Ask AWS Support to verify it now: case type Account and billing."
    )
    yield Line("CloudFront", "look", "no distribution yet: perhaps not verified", to_do)


def buckets(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether the names of the buckets are free, or this stack's own."""
    account = str(aws.ask("sts", "GetCallerIdentity")["Account"])
    there = status(aws, stage) is not None
    for part, holds in _BUCKETS.items():
        name = f"newsreel-{stage.of('Stage', 'dev')}-{part}-{account}-{stage.region}"
        try:
            aws.ask("s3", "HeadBucket", Bucket=name)
        except NotThereError:
            yield Line(f"Bucket: {part}", "ok", "its name is free")
            continue
        except NotAllowedError:
            to_do = "It is another account's, or you may not look. Take another Stage."
            yield Line(f"Bucket: {part}", "unseen", f"{name} exists", to_do)
            continue
        if there:
            yield Line(f"Bucket: {part}", "ok", "this stack's")
        else:
            to_do = f"It holds {holds} of an earlier stack: docs/operations.md#go-back."
            yield Line(f"Bucket: {part}", "stop", f"{name} exists", to_do)
