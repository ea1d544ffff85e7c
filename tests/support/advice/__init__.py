"""What each finding's advice says, as something that can be done: a folder before and after it."""

from tests.support.advice import folder_cases, json_cases, media_cases, transcript_cases
from tests.support.advice.case import Advice

ADVICE: tuple[Advice, ...] = (
    *folder_cases.CASES,
    *media_cases.CASES,
    *json_cases.CASES,
    *transcript_cases.CASES,
)
"""One case or more for each code of ``catalogue.findings.SEVERITIES``."""
