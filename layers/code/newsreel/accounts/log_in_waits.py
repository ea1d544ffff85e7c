"""Decides how long the next try has to wait after wrong passwords: never a lock."""

from newsreel.accounts.records import LogInFailures
from newsreel.policy import POLICY
from newsreel.refusals import Refusal


def count_failure(before: LogInFailures, *, now: int, limit: str = "log_ins") -> LogInFailures:
    """Return the failures with one more: 5 free, then waits of 2^(n-5) seconds up to 15 minutes.

    ``limit`` names what the refusal speaks of.

    Raises:
        Refusal: ``too_many_requests``, while the wait lasts.
    """
    policy = POLICY.log_in
    if now < before.blocked_until:
        raise Refusal("too_many_requests", {"limit": limit}, retry_after=before.blocked_until - now)
    failures = 1 if before.forget_at <= now else before.failures + 1
    beyond = failures - policy.free_failures
    wait = min(2 ** min(beyond, 30), policy.longest_wait) if beyond > 0 else 0
    return LogInFailures(
        failures=failures,
        blocked_until=now + wait,
        forget_at=now + wait + policy.forget_after,
    )
