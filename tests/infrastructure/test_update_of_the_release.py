"""This version's templates can be deployed over those of the release before, and back again.

`make rehearse` does it on a local AWS. What that takes and AWS refuses is compared here.
"""

import copy
from typing import Any

import pytest

from infra.local import deployment
from tests.support import release_before, upgrades
from tests.support.template import ROOT
from tests.support.upgrades import Resources

# Each has its step for whoever updates, in CHANGELOG.md or docs/recovery.md.
MADE_ANEW = ["OriginSecret"]
LEFT = ["Mail/NewsletterIdentity"]


@pytest.fixture(scope="module")
def before() -> Resources:
    return upgrades.resources_of(release_before.unpacked().root)


@pytest.fixture(scope="module")
def this() -> Resources:
    return upgrades.resources_of(deployment.THIS.root)


@pytest.fixture(params=["update", "going back"])
def change(
    request: pytest.FixtureRequest, before: Resources, this: Resources
) -> tuple[Resources, Resources]:
    return (before, this) if request.param == "update" else (this, before)


Change = tuple[Resources, Resources]


def test_something_differs(before: Resources, this: Resources) -> None:
    assert before != this


def test_no_logical_id_changes_its_type(change: Change) -> None:
    assert upgrades.changed_types(*change) == []


def test_no_name_is_made_a_second_time_at_another_place(change: Change) -> None:
    assert upgrades.made_twice(*change) == {}


def test_nothing_with_a_name_of_its_own_would_be_replaced(change: Change) -> None:
    assert upgrades.refused_replacements(*change) == []


def test_a_table_gets_or_loses_one_index_at_most(change: Change) -> None:
    assert max(upgrades.indexes_changed(*change).values()) <= 1


def test_what_outlives_the_stack_stays_in_it_as_it_is(before: Resources, this: Resources) -> None:
    assert [place for place, one in before.items() if upgrades.outlives(one)]
    assert upgrades.lost(before, this) == []


def test_mail_domains_stay_where_they_are(before: Resources, this: Resources) -> None:
    kind = "AWS::SES::EmailIdentity"
    domains = {place for place, one in before.items() if one["Type"] == kind}
    assert domains
    assert domains <= {place for place, one in this.items() if one["Type"] == kind}


def test_secrets_keep_their_values_but_those_that_the_changelog_names(
    before: Resources, this: Resources
) -> None:
    assert upgrades.generated_anew(before, this) == MADE_ANEW
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in changelog for name in MADE_ANEW)


def test_what_stays_after_going_back_and_has_a_name_is_told(
    before: Resources, this: Resources
) -> None:
    assert upgrades.left_with_a_name(before, this) == LEFT
    recovery = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    assert all(f"`{place.rpartition('/')[2]}`" in recovery for place in LEFT)


# ---------------------------------------------------------------- that each of them can fail


def changed(resources: Resources, place: str, **values: Any) -> Resources:
    other = copy.deepcopy(dict(resources))
    other[place] = {**other[place], **values}
    return other


def moved(resources: Resources, place: str, to: str) -> Resources:
    return {to if name == place else name: one for name, one in resources.items()}


def with_properties(resources: Resources, place: str, **values: Any) -> Resources:
    return changed(resources, place, Properties={**resources[place]["Properties"], **values})


def test_another_type_is_found(this: Resources) -> None:
    other = changed(this, "FlowKeys", Type="AWS::SSM::Parameter")
    assert upgrades.changed_types(this, other) == ["FlowKeys"]


def test_a_name_that_moves_is_found(this: Resources) -> None:
    place, to = "CodesConfigurationSet", "Mail/CodesConfigurationSet"
    (found,) = upgrades.made_twice(this, moved(this, place, to)).values()
    assert found == (place, to)


def test_a_table_that_leaves_or_gets_another_key_is_found(this: Resources) -> None:
    assert upgrades.lost(this, moved(this, "MailTable", "Mail/MailTable")) == ["MailTable"]
    other = with_properties(this, "MailTable", KeySchema=[])
    assert upgrades.lost(this, other) == ["MailTable"]


def test_a_bucket_with_another_name_is_found(this: Resources) -> None:
    other = with_properties(this, "MediaBucket", BucketName="another")
    assert upgrades.refused_replacements(this, other) == ["MediaBucket"]


def test_two_indexes_at_once_are_found(this: Resources) -> None:
    other = with_properties(this, "CatalogueTable", GlobalSecondaryIndexes=[])
    assert upgrades.indexes_changed(this, other)["CatalogueTable"] == 2


def test_a_key_that_is_made_anew_is_found(this: Resources) -> None:
    other = with_properties(this, "LinkKeys", GenerateSecretString={"PasswordLength": 32})
    assert upgrades.generated_anew(this, other) == ["LinkKeys"]
