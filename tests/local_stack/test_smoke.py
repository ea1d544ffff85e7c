"""`make smoke` holds against the local stack, as any stage, and says what it may not do."""

import subprocess
import sys
from dataclasses import replace

import pytest

from infra.local.paths import PROJECT, Stack
from tests.support.denying import denying
from tools.smoke import account, folder, logs
from tools.smoke.__main__ import run
from tools.smoke.deployment import Deployment
from tools.smoke.trial import Trial


@pytest.fixture
def deployment(stack: Stack) -> Deployment:
    return Deployment.find(stack.site_url, "", "")


def states(trial: Trial) -> dict[str, str]:
    return {step.what: step.state for step in trial.steps}


def test_the_stack_that_is_up_works(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.smoke", stack.site_url],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It works: 25 ok." in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("Stays behind: ")]
    assert [line.split()[2].partition("/")[0] for line in lines] == ["receipts", "that"]


def test_on_production_nothing_that_is_uploaded_is_shown(deployment: Deployment) -> None:
    trial = Trial()
    run(trial, replace(deployment, stage="prod"))
    found = {step.what: step for step in trial.steps}
    assert [step for step in trial.steps if step.state == "failed"] == []
    assert found["Receipt"].found.startswith("embargo")
    assert [one for one in trial.stays if "feed of changes" in one] == []
    assert "smoke" not in found["Page of a video"].found
    assert found["Taking the folder away"].state == "ok"


def test_without_rights_the_steps_that_need_them_are_named_and_the_others_done(
    deployment: Deployment,
) -> None:
    trial = Trial()
    with denying() as (url, asked):
        run(trial, replace(deployment, endpoint_url=url))
    assert asked
    found = {step.what: step for step in trial.steps}
    assert found["Upload"].state == "not tried"
    assert found["Upload"].found == "needs s3:PutObject on incoming/*"
    assert {found[name].state for name in logs.STEPS} == {"not tried"}
    assert {found[name].state for name in account.STEPS} == {"ok"}
    assert {found[name].state for name in folder.DOWNLOAD_STEPS} == {"ok"}


def test_without_a_stack_only_what_anybody_may_see_is_tried(stack: Stack) -> None:
    trial = Trial()
    run(trial, Deployment(stack.site_url))
    found = states(trial)
    assert found["Health"] == found["Catalogue"] == "ok"
    assert "failed" not in found.values()
    assert {found[name] for name in (*account.STEPS, "Upload", *logs.STEPS)} == {"not tried"}
