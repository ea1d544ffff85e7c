"""The retention periods that we publish are those of the template."""

from newsreel.policy import DAY, POLICY

from tests.support.template import resources


def test_logs_are_kept_as_long_as_we_say() -> None:
    days = {
        name: group["Properties"]["RetentionInDays"]
        for name, group in resources("AWS::Logs::LogGroup").items()
    }
    assert set(days.values()) == {POLICY.retention.logs // DAY}, days


def test_tables_can_be_restored_as_far_back_as_we_say() -> None:
    # AWS keeps point-in-time copies for 35 days unless RecoveryPeriodInDays says less.
    for name, table in resources("AWS::DynamoDB::Table").items():
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        kept = recovery.get("RecoveryPeriodInDays", 35)
        assert kept == POLICY.retention.copies // DAY, name
