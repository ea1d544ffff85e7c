"""The numbers of the account rules are fixed: changing one means changing this test too."""

from newsreel.policy import DAY, HOUR, MINUTE, POLICY


def limit(name: str, *windows: tuple[int, int], per: str = "address") -> dict[str, object]:
    """Return a limit as it is published."""
    named = tuple({"seconds": seconds, "most": most} for seconds, most in windows)
    return {"name": name, "windows": named, "per": per}


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
            "long_signs": "0123456789BCDFGHJKMNPQRSTVWXYZ",
            "resend_waits": (60, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE),
            "flow_life": 24 * HOUR,
            "idempotency_life": 10 * MINUTE,
            "reset_token_life": 10 * MINUTE,
            "undo_life": 72 * HOUR,
        },
        "session": {
            "idle": 12 * HOUR,
            "kept_idle": 30 * DAY,
            "kept_absolute": 90 * DAY,
            "absolute": 7 * DAY,
            "last_use_every": HOUR,
            "device_life": 400 * DAY,
            "most": 50,
            "most_keys": 20,
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
            "unused": 730 * DAY,
            "unused_notice": 30 * DAY,
            "journal": 365 * DAY,
            "trail": 14 * DAY,
            "suppression": 30 * DAY,
            "logs": 30 * DAY,
            "editions": 365 * DAY,
            "edition_marks": 30 * DAY,
            "copies": 35 * DAY,
        },
        "not_me": {"mute": DAY, "long_mute": 30 * DAY, "link_life": 60 * DAY},
        "incoming_mail": {
            "codes": limit("mail_codes", (HOUR, 3), (DAY, 10)),
            "help": limit("mail_help", (HOUR, 1)),
            "help_in_all": limit("mail_help", (HOUR, 300)),
            "kept": 7 * DAY,
        },
        "delivery": {
            "late": MINUTE,
            "rest_after_bounce": DAY,
            "rest_after_bounces": 7 * DAY,
            "full_times": 3,
            "full_within": 30 * DAY,
            "newsletter_rest": 30 * DAY,
            "notice_waits": 2 * DAY,
            "hold": MINUTE,
        },
        "newsletter": {
            "videos": 12,
            "largest_mail": 100_000,
            "percent_of_rate": 70,
            "percent_of_day_kept": 20,
            "shards": 64,
            "page": 1_000,
            "largest_chunk": 100,
            "chunk_time": MINUTE,
            "first_period": 7 * DAY,
            "overlap": 7 * DAY,
            "approval": 7 * DAY,
            "automatic_after": 4 * HOUR,
            "busy_wait": MINUTE,
            "paused_wait": 5 * MINUTE,
            "stopped_wait": 15 * MINUTE,
            "steps": 4_000,
        },
        "hashes": {
            "largest": 1024**4,
            "piece": 64 * 1024**2,
            "at_once": 64 * 1024**2,
            "steps": 2_000,
            "spare": 60,
            "look_again": 10 * MINUTE,
            "first_wait": MINUTE,
            "longest_wait": DAY,
            "told_after": 3,
            "kept": 30 * DAY,
        },
        "budgets": {
            "mails": limit("mails", (DAY, 30)),
            "mails_of_network": limit("mails_of", (HOUR, 5), (DAY, 10), per="address and network"),
            "mails_of_browser": limit("mails", (HOUR, 5), (DAY, 10), per="browser"),
            "starts": limit("starts", (HOUR, 300), per="network"),
            "resends": limit("resends", (HOUR, 300), per="network"),
            "service_mails": limit("mails", (HOUR, 2_000), per="service"),
            "codes": limit("codes", (92 * DAY, 8)),
            "network_codes": limit("codes", (HOUR, 300), per="network"),
            "service_codes": limit("codes", (5 * MINUTE, 300), per="service"),
            "log_ins": limit("log_ins", (HOUR, 300), per="network"),
            "slow_log_ins": limit("slow_log_ins", (2, 1), per="network"),
            "changes": limit("changes", (DAY, 30)),
            "short_flows": 2,
        },
        "email_maximum_length": 254,
    }


def test_the_longest_window_of_all_limits_is_how_long_a_count_is_kept() -> None:
    assert POLICY.longest_window() == 92 * DAY
