"""The numbers of the account rules are fixed: changing one means changing this test too."""

from newsreel.policy import DAY, HOUR, MINUTE, POLICY


def limit(name: str, *windows: tuple[int, int]) -> dict[str, object]:
    """Return a limit as it is published."""
    named = tuple({"seconds": seconds, "most": most} for seconds, most in windows)
    return {"name": name, "windows": named}


def test_the_numbers_are_those_that_were_decided() -> None:
    assert POLICY.as_json() == {
        "password": {
            "minimum_length": 12,
            "passphrase_length": 15,
            "maximum_length": 256,
            # OWASP ASVS 5.0, appendix C: 46 MiB, one pass, one lane.
            "argon2_memory_kib": 47_104,
            "argon2_passes": 1,
            "argon2_lanes": 1,
        },
        "code": {
            "life": 30 * MINUTE,
            "tries": 5,
            "long_tries": 5,
            "digits": 6,
            "long_characters": 10,
            "resend_waits": (60, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE),
            "flow_life": 24 * HOUR,
            "idempotency_life": 10 * MINUTE,
            "reset_token_life": 10 * MINUTE,
        },
        "session": {
            "idle": 12 * HOUR,
            "kept_idle": 30 * DAY,
            "kept_absolute": 90 * DAY,
            "absolute": 7 * DAY,
            "last_use_every": HOUR,
            "device_life": 400 * DAY,
        },
        "log_in": {
            "free_failures": 5,
            "longest_wait": 15 * MINUTE,
            "forget_after": DAY,
            "notices_a_day": 10,
        },
        "retention": {
            "downloads": 90 * DAY,
            "notices": 14 * DAY,
            "logs": 30 * DAY,
            "copies": 35 * DAY,
        },
        "incoming_mail": {
            "codes": limit("mail_codes", (HOUR, 3), (DAY, 10)),
            "help": limit("mail_help", (HOUR, 1)),
            "help_in_all": limit("mail_help", (HOUR, 300)),
            "kept": 7 * DAY,
        },
        "email_maximum_length": 254,
    }


def test_the_longest_window_of_all_limits_is_how_long_a_count_is_kept() -> None:
    assert POLICY.longest_window() == DAY
