"""All scenarios together."""

from tests.support.credential_scenarios import CREDENTIAL_SCENARIOS
from tests.support.life_scenarios import LIFE_SCENARIOS
from tests.support.scenarios import SCENARIOS, Scenario

EVERY_SCENARIO: tuple[type[Scenario], ...] = (
    *SCENARIOS,
    *CREDENTIAL_SCENARIOS,
    *LIFE_SCENARIOS,
)
