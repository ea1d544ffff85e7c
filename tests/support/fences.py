"""A stack that is deployed nowhere, links into its bucket, and what browsers say of themselves."""

from infra.local.paths import Stack

SITE = "http://localhost:8080"
LOCAL = "127.0.0.1:4566"
BUCKET = "newsreel-local-media"
API_ID = "86ad43cb"
API = f"/_aws/execute-api/{API_ID}/api"
DISTRIBUTION = "d1.cloudfront.net"
FILE = f"/{BUCKET}/incoming/x/a.mxf"
SIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=ASIAEXAMPLE%2F20261127%2Feu-central-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20261127T140000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host"
    "&X-Amz-Security-Token=t%2B%2F%3D&response-content-type=application%2Fmxf&versionId=v1"
    f"&X-Amz-Signature={'ab12' * 16}"
)
STACK = Stack(
    site_url=SITE,
    api_url=f"{SITE}/api",
    mailbox_url=f"{SITE}/mailbox",
    smtp_url="smtp://127.0.0.1:2525",
    media_bucket=BUCKET,
    aws_endpoint_url=f"http://{LOCAL}",
    region="eu-central-1",
    stack_name="newsreel-local",
    outputs={
        "ApiStageUrl": f"https://{API_ID}.execute-api.eu-central-1.amazonaws.com/api",
        "DistributionDomain": DISTRIBUTION,
    },
)
FOREIGN_MARKS: tuple[dict[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:4567"},
    {"origin": "http://127.0.0.1:4566.evil.example"},
    {"origin": "http://user:word@localhost:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": SITE},
    {"sec-fetch-mode": "no-cors"},
    {"referer": "https://evil.example/page"},
    {"referer": "http://[", "sec-fetch-site": "none"},
)
"""What a request of another site's page says of itself, in part or whole."""
