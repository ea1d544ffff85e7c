"""All account flows in any order, beside faults of AWS: nobody gets in wrongly, everybody rightly.

8 runs, always the same; ``make fuzz`` makes many, different each time.
"""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.support.account_machine import AccountLife, tries, world

pytestmark = pytest.mark.thorough


def test_people_reach_their_accounts_and_strangers_none() -> None:
    with world():
        run_state_machine_as_test(AccountLife, settings=tries(8, same=True))


def test_a_service_that_takes_any_code_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsreel.accounts.flows.is_right", lambda *_values, **_more: True)
    with world(), pytest.raises(AssertionError, match=r"never mailed|right twice"):
        run_state_machine_as_test(AccountLife, settings=tries(8, same=True))
