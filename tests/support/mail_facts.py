"""Values that make mails hard to show: no spaces in them, as long as they can be."""

from infra.local.mail_previews import Facts

_LABEL = "w" * 63

HARD_TO_SHOW = Facts(
    reader=f"{'l' * 64}@{_LABEL}.{_LABEL}.example",
    organisation=f"{'Bundespresseamt' * 8}\N{CYRILLIC CAPITAL LETTER EF}<&\"'",
    mail_domain=f"{_LABEL}.{_LABEL}.example.org",
    site_url=f"https://{_LABEL}.{_LABEL}.example.org",
    device="Netscape" * 20,
    titles=(
        "2026-02-14_NATO_SECGEN_MUNICH_DOORSTEP_XDCAM_HD422_1080i50_CLEAN_FEED" * 2,
        "日本語の題名" * 25,
    ),
    speakers="Ann_Marie_Louise_" * 9,
    summary="https://example.org/" + "a" * 170,
    poster="/media/2026-02-14-munich-doorstep/poster-320.jpg",
)
