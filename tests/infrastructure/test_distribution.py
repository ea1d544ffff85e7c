"""The distribution: the origin of each path, what is cached, which headers pages get."""

import json
import re
import subprocess
from html.parser import HTMLParser
from typing import Any

import pytest
from newsreel.texts import messages

from infra.local.node import NODE
from tests.support.description import DOCUMENT, resolved
from tests.support.template import ROOT, functions, load, resources
from tools.website_pages import ACCOUNT_PARTS, FIXED_FILES, PAGES, WEBSITE

EDGE = ROOT / "infra" / "edge.yaml"
CONFIG: dict[str, Any] = resources("AWS::CloudFront::Distribution")["Distribution"]["Properties"][
    "DistributionConfig"
]
BEHAVIOURS: dict[str, dict[str, Any]] = {
    behaviour["PathPattern"]: behaviour for behaviour in CONFIG["CacheBehaviors"]
}
ORIGINS: dict[str, dict[str, Any]] = {origin["Id"]: origin for origin in CONFIG["Origins"]}
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # Managed-AllViewerExceptHostHeader


def test_each_path_has_its_origin() -> None:
    assert CONFIG["DefaultCacheBehavior"]["TargetOriginId"] == "site-or-page"
    assert {path: behaviour["TargetOriginId"] for path, behaviour in BEHAVIOURS.items()} == {
        "/api/videos": "api",
        "/api/videos/*": "api",
        "/api/*": "api",
        "/": "pages",
        "/fr/": "pages",
        "/feed.atom": "pages",
        "/fr/feed.atom": "pages",
        "/videos/*": "pages",
        "/fr/videos/*": "pages",
        "/sitemap.xml": "pages",
        "/assets/*": "site-or-page",
        "/media/*": "public-or-page",
    }


def test_whatever_a_bucket_lacks_is_asked_of_a_route_that_answers_with_a_page() -> None:
    groups = {group["Id"]: group for group in CONFIG["OriginGroups"]["Items"]}
    assert CONFIG["OriginGroups"]["Quantity"] == len(groups)
    for name, bucket in (("site-or-page", "site"), ("public-or-page", "public")):
        members = [one["OriginId"] for one in groups[name]["Members"]["Items"]]
        assert members == [bucket, "missing"]
        # S3 says 403 for a key that it may not tell of.
        assert groups[name]["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]
    # "/api" is the stage; the function answers the rest of the path by its one route for files.
    assert ORIGINS["missing"]["OriginPath"]["Fn::If"][1] == "/api/pages/missing"
    assert ("ANY", "/pages/missing/{path+}") in functions()["catalogue"].declared


def test_no_path_leads_to_a_bucket_alone_and_where_one_is_read_nothing_is_written() -> None:
    """CloudFront refuses a group of origins behind methods that write."""
    for behaviour in (CONFIG["DefaultCacheBehavior"], *BEHAVIOURS.values()):
        assert behaviour["TargetOriginId"] not in {"site", "public"}
        if behaviour["TargetOriginId"].endswith("-or-page"):
            assert set(behaviour.get("AllowedMethods", [])) <= {"GET", "HEAD", "OPTIONS"}


def test_an_error_of_the_api_keeps_its_body_for_no_page_replaces_it() -> None:
    assert not [one for one in CONFIG["CustomErrorResponses"] if "ResponsePagePath" in one]
    grouped = {
        member["OriginId"]
        for group in CONFIG["OriginGroups"]["Items"]
        for member in group["Members"]["Items"][:1]
    }
    assert grouped == {"site", "public"}


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
    for name in ("api", "pages", "missing"):
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
    settings = policy("ApiCache")
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


def policy(name: str) -> dict[str, Any]:
    config = resources("AWS::CloudFront::CachePolicy")[name]["Properties"]["CachePolicyConfig"]
    return dict(config)


@pytest.mark.parametrize("name", ["PagesCache", "ListsCache"])
def test_what_a_function_shows_is_kept_ten_seconds_at_most_and_is_everybodys(name: str) -> None:
    settings = policy(name)
    assert (settings["MinTTL"], settings["DefaultTTL"], settings["MaxTTL"]) == (0, 0, 10)
    key = settings["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    # Who comes with an access key is asked for it, and gets an answer that nobody else is given.
    whitelist = {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}
    assert key["HeadersConfig"] == (
        whitelist if name == "ListsCache" else {"HeaderBehavior": "none"}
    )


@pytest.mark.parametrize("path", ["/videos/*", "/fr/videos/*", "/sitemap.xml"])
def test_pages_without_a_query_know_nothing_of_who_asks(path: str) -> None:
    assert BEHAVIOURS[path]["CachePolicyId"] == {"Ref": "PagesCache"}
    assert "OriginRequestPolicyId" not in BEHAVIOURS[path]
    key = policy("PagesCache")["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


LISTS = ("/", "/fr/", "/feed.atom", "/fr/feed.atom", "/api/videos", "/api/videos/*")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_gets_all_that_the_api_gets_and_comes_before_it(path: str) -> None:
    behaviour, api = BEHAVIOURS[path], BEHAVIOURS["/api/*"]
    assert behaviour["CachePolicyId"] == {"Ref": "ListsCache"}
    for same in ("AllowedMethods", "OriginRequestPolicyId"):
        assert behaviour[same] == api[same]
    order = list(BEHAVIOURS)
    assert not path.startswith("/api/") or order.index(path) < order.index("/api/*")


def test_every_query_that_a_cached_read_knows_stands_in_its_key() -> None:
    config = policy("ListsCache")["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]
    known = {
        one["name"]
        for path, operations in DOCUMENT["paths"].items()
        if path == "/videos" or path.startswith("/videos/")
        for one in map(resolved, operations.get("get", {}).get("parameters", []))
        if one["in"] == "query"
    }
    assert config["QueryStringBehavior"] == "whitelist"
    assert known | {"query"} <= set(config["QueryStrings"])


def test_an_answer_that_may_hold_a_secret_is_never_compressed_at_the_edge() -> None:
    """A link to a download comes through a cached behaviour, too (BREACH)."""
    compressed = {path for path, behaviour in BEHAVIOURS.items() if behaviour.get("Compress")}
    assert not [path for path in compressed if path.startswith("/api/")]


def test_no_object_is_the_root_for_the_home_page_is_rendered() -> None:
    assert "DefaultRootObject" not in CONFIG
    assert list(BEHAVIOURS).index("/") < list(BEHAVIOURS).index("/videos/*")


def test_an_origin_shield_stands_before_both_ways_to_the_api_if_wanted() -> None:
    for name in ("api", "pages"):
        condition, shield, nothing = ORIGINS[name]["OriginShield"]["Fn::If"]
        assert (condition, nothing) == ("HasOriginShield", {"Ref": "AWS::NoValue"})
        assert shield == {"Enabled": True, "OriginShieldRegion": {"Ref": "OriginShield"}}


def test_an_error_is_never_cached_for_the_next_person() -> None:
    entries = CONFIG["CustomErrorResponses"]
    kept = {entry["ErrorCode"]: entry["ErrorCachingMinTTL"] for entry in entries}
    assert set(kept) == {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
    assert set(kept.values()) == {0}
    assert not [entry for entry in entries if "ResponsePagePath" in entry]


def headers_policy(name: str) -> dict[str, Any]:
    policies = resources("AWS::CloudFront::ResponseHeadersPolicy")
    return dict(policies[name]["Properties"]["ResponseHeadersPolicyConfig"])


@pytest.mark.parametrize("name", ["SiteHeaders", "AssetHeaders"])
def test_every_answer_has_a_content_security_policy(name: str) -> None:
    security = headers_policy(name)["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    directives = dict(
        part.strip().split(" ", 1) for part in security["ContentSecurityPolicy"].split(";")
    )
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
    for behaviour in behaviours:
        is_asset = behaviour.get("PathPattern") == "/assets/*"
        expected = "AssetHeaders" if is_asset else "SiteHeaders"
        assert behaviour["ResponseHeadersPolicyId"] == {"Ref": expected}


def test_no_search_engine_shows_what_lies_among_the_assets() -> None:
    told = {one["Header"]: one["Value"] for one in custom_headers("AssetHeaders")}
    assert told.pop("X-Robots-Tag") == "noindex"
    assert told == {one["Header"]: one["Value"] for one in custom_headers("SiteHeaders")}


def custom_headers(name: str) -> list[dict[str, Any]]:
    return list(headers_policy(name)["CustomHeadersConfig"]["Items"])


@pytest.mark.parametrize("name", ["SiteHeaders", "AssetHeaders"])
def test_a_redirect_of_ours_keeps_its_own_referrer_policy(name: str) -> None:
    assert headers_policy(name)["SecurityHeadersConfig"]["ReferrerPolicy"]["Override"] is False


def code_of(function: str, organisation: str = "NATO") -> str:
    """Return a CloudFront Function's code as CloudFormation writes it."""
    code = resources("AWS::CloudFront::Function")[function]["Properties"]["FunctionCode"]
    if isinstance(code, str):
        return code
    text, names = code["Fn::Sub"]
    # !Join of !Split is how a template replaces one sign by others.
    outer, (_, (inner, (_, _))) = names["Organisation"]["Fn::Join"][0], _parts(names)
    written = organisation.replace("\\", inner).replace("'", outer)
    return str(text).replace("${Organisation}", written)


def _parts(names: dict[str, Any]) -> tuple[str, tuple[str, tuple[str, Any]]]:
    split_outer = names["Organisation"]["Fn::Join"][1]["Fn::Split"]
    joined = split_outer[1]["Fn::Join"]
    split_inner = joined[1]["Fn::Split"]
    assert (split_outer[0], split_inner) == ("'", ["\\", {"Ref": "Organisation"}])
    return split_outer[0], (joined[0], (split_inner[0], split_inner[1]))


def run(function: str, *events: dict[str, Any], organisation: str = "NATO") -> list[dict[str, Any]]:
    """Run a CloudFront Function and return what it makes of each request."""
    script = code_of(function, organisation)
    script += f"\nconsole.log(JSON.stringify({json.dumps(events)}.map(handler)));"
    done = subprocess.run([str(NODE), "-e", script], capture_output=True, text=True, check=True)
    made: list[dict[str, Any]] = json.loads(done.stdout)
    return made


def viewer_request(
    uri: str, headers: dict[str, str] | None = None, query: dict[str, Any] | None = None
) -> dict[str, Any]:
    given = {name: {"value": value} for name, value in (headers or {}).items()}
    request = {"method": "GET", "uri": uri, "querystring": query or {}, "headers": given}
    return {"version": "1.0", "viewer": {"ip": "192.0.2.7"}, "request": {**request, "cookies": {}}}


@pytest.mark.parametrize(
    ("function", "uri"), [("ViewerFacts", "/api/sessions"), ("SitePages", "/")]
)
def test_an_address_header_from_a_client_is_overwritten(function: str, uri: str) -> None:
    (request,) = run(function, viewer_request(uri, {"x-viewer-address": "10.0.0.1"}))
    assert request["headers"]["x-viewer-address"] == {"value": "192.0.2.7"}


def test_the_country_is_that_of_the_edge_and_never_a_clients() -> None:
    forged = {"x-viewer-country": "XX", "cloudfront-viewer-country": "BE"}
    asked = [viewer_request("/api/sessions", one) for one in (forged, {"x-viewer-country": "XX"})]
    told = [one["headers"]["x-viewer-country"] for one in run("ViewerFacts", *asked)]
    (page,) = run("SitePages", viewer_request("/", forged))
    told.append(page["headers"]["x-viewer-country"])
    assert told == [{"value": "BE"}, {"value": ""}, {"value": ""}]


@pytest.mark.parametrize(
    "path", [path for path, one in BEHAVIOURS.items() if one["TargetOriginId"] in {"api", "pages"}]
)
def test_what_the_api_answers_comes_with_the_viewers_address(path: str) -> None:
    (association,) = BEHAVIOURS[path]["FunctionAssociations"]
    expected = "ViewerFacts" if path.startswith("/api/") else "SitePages"
    assert association["EventType"] == "viewer-request"
    assert association["FunctionARN"]["Fn::GetAtt"][0] == expected


SERVED = {
    "/": "/home",
    "/fr/": "/fr/home",
    "/feed.atom": "/feed.atom",
    "/fr/feed.atom": "/fr/feed.atom",
    "/sitemap.xml": "/sitemap.xml",
    "/videos/2026-02-14-munich": "/videos/2026-02-14-munich",
    "/fr/videos/Nothing": "/fr/videos/Nothing",
    "/help": "/help/index.html",
    "/fr/help": "/fr/help/index.html",
    "/account": "/account/index.html",
    "/account/profile": "/account/index.html",
    "/fr/account/security": "/fr/account/index.html",
    "/robots.txt": "/robots.txt",
    "/.well-known/account-policy.json": "/.well-known/account-policy.json",
    "/assets/0123456789ab/fonts/a_b-c.d.woff2": "/assets/0123456789ab/fonts/a_b-c.d.woff2",
    "/media/-0_aB/poster-320.jpg": "/media/-0_aB/poster-320.jpg",
    "/media/-0_aB/captions-fr-CA.vtt": "/media/-0_aB/captions-fr-CA.vtt",
}
LED_ON = {
    "/fr": "/fr/",
    "/FR/Help": "/fr/help",
    "/index.html": "/",
    "/fr/index.html": "/fr/",
    "//": "/",
    "/help/": "/help",
    "/help//": "/help",
    "/Help": "/help",
    "/help/index.html": "/help",
    "/account/": "/account",
    "/account/profile/": "/account/profile",
    "/videos": "/",
    "/videos/": "/",
    "/fr/videos/": "/fr/",
    "/videos/2026-02-14-munich/": "/videos/2026-02-14-munich",
    "/Videos/2026-02-14-munich": "/videos/2026-02-14-munich",
    "/api": "/help",
    "/fr/api/": "/fr/help",
    "/feed.atom/": "/feed.atom",
}
MISSING = (
    "/nonsense",
    "/fr/nonsense",
    "/press",
    "/help/newsrooms",
    "/account/constructor",
    "/account/profile/more",
    "/shells/en/video.html",
    "/releases.json",
    "/home",
    "/search",
    "/fr/sitemap.xml",
    "/videos/a/b",
    "/videos/..",
    "/videos/a%2Fb",
    "/videos/<script>",
    "//evil.example/help",
    "/\\\\evil.example",
    "/wp-login.php",
    "/.well-known/nothing",
    "/pages/videos/x",
    "/constructor",
    "/assets/",
    "/assets/0123456789ab",
    "/assets//site.css",
    "/assets/x/../../releases.json",
    "/assets/x/%2e%2e/%2e%2e/releases.json",
    "/assets/x/..%2f..%2freleases.json",
    "/assets/x/.htaccess",
    "/assets/x/%",
    "/assets/x/%zz",
    "/assets/x/%00",
    "/assets/x/y.css%20",
    "/assets/x/" + "y" * 1025,
    "/assets/x" + "/y" * 600,
    "/media/x",
    "/media/x/",
    "/media/x/é",
    "/media/x/%C3%A9",
    "/media/x/y\\z",
    "/media/x/y;z",
    "/media/x/<script>",
)


def test_each_address_of_the_site_leads_to_its_object_or_its_route() -> None:
    made = run("SitePages", *map(viewer_request, SERVED))
    assert {uri: one.get("uri") for uri, one in zip(SERVED, made, strict=True)} == SERVED


def test_an_address_that_a_person_means_leads_there() -> None:
    made = run("SitePages", *map(viewer_request, LED_ON))
    led = {uri: one["headers"]["location"]["value"] for uri, one in zip(LED_ON, made, strict=True)}
    assert led == LED_ON
    assert {one["statusCode"] for one in made} == {301}


def test_the_apis_address_without_a_route_leads_to_help() -> None:
    (led,) = run("ViewerFacts", viewer_request("/api/"))
    assert (led["statusCode"], led["headers"]["location"]["value"]) == (302, "/help")


def test_a_query_comes_along_as_it_was_and_carries_no_header() -> None:
    query = {
        "reason": {"value": "expired"},
        "at": {"value": "2026-02-14T01%3A00Z", "multiValue": [{"value": "a+b"}, {"value": "c&d"}]},
        "x\r\nset-cookie": {"value": "a=b\r\nx: y"},
    }
    (led,) = run("SitePages", viewer_request("/link/", query=query))
    expected = "/link?reason=expired&at=a+b&at=c%26d&x%0D%0Aset-cookie=a%3Db%0D%0Ax:%20y"
    assert led["headers"]["location"]["value"] == expected


def test_words_to_look_for_lead_to_a_route_of_their_own() -> None:
    asked = [viewer_request(uri, query={"query": {"value": "drones"}}) for uri in ("/", "/fr/")]
    empty = viewer_request("/", query={"query": {"value": ""}, "topic": {"value": "x"}})
    uris = [one["uri"] for one in run("SitePages", *asked, empty)]
    assert uris == ["/search", "/fr/search", "/home"]


ENCODED_NAMES: tuple[tuple[dict[str, Any], dict[str, list[str]]], ...] = (
    ({"%73peaker": {"value": "a%2Bb"}}, {"speaker": ["a%2Bb"]}),
    ({"%73%70%65%61%6B%65%72": {"value": "x"}}, {"speaker": ["x"]}),
    ({"speaker": {"value": "a"}, "spea%6ber": {"value": "b"}}, {"speaker": ["a", "b"]}),
    (
        {
            "limit": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]},
            "%6Cimit": {"value": "3"},
        },
        {"limit": ["1", "2", "3"]},
    ),
    ({"Speaker": {"value": "x"}, "%53peaker": {"value": "y"}}, {"Speaker": ["x", "y"]}),
    ({"speaker%00": {"value": "x"}, "%": {"value": ""}}, {"speaker%00": ["x"], "%": [""]}),
    (
        {"%zz%ff%C3%A9": {"value": "x"}, "a%26b": {"value": "y"}},
        {"%zz%ff%C3%A9": ["x"], "a%26b": ["y"]},
    ),
    ({"constructor": {"value": "x"}, "%63onstructor": {"value": "y"}}, {"constructor": ["x", "y"]}),
)


@pytest.mark.parametrize(("function", "uri"), [("ViewerFacts", "/api/videos"), ("SitePages", "/")])
@pytest.mark.parametrize(("written", "read"), ENCODED_NAMES, ids=str)
def test_a_name_in_the_query_is_the_same_for_the_key_and_for_the_api(
    function: str, uri: str, written: dict[str, Any], read: dict[str, list[str]]
) -> None:
    """Else a filter that the key does not know would be kept as the answer for everybody."""
    (request,) = run(function, viewer_request(uri, query=written))
    told = {
        name: [one["value"] for one in held.get("multiValue", [held])]
        for name, held in request["querystring"].items()
    }
    if function == "SitePages":  # a page goes by the last value
        read = {name: values[-1:] for name, values in read.items()}
    assert told == read


def test_words_to_look_for_are_found_under_an_encoded_name_too() -> None:
    (request,) = run("SitePages", viewer_request("/", query={"%71uery": {"value": "drones"}}))
    assert request["uri"] == "/search"


def test_password_managers_find_where_a_password_is_changed() -> None:
    (led,) = run("SitePages", viewer_request("/.well-known/change-password"))
    assert (led["statusCode"], led["headers"]["location"]["value"]) == (302, "/#reset")


def test_an_address_that_is_none_gets_a_page_of_ours_in_its_language() -> None:
    for uri, made in zip(MISSING, run("SitePages", *map(viewer_request, MISSING)), strict=True):
        language = "fr" if uri.startswith("/fr/") else "en"
        assert made.get("statusCode") == 404, uri
        page = made["body"]["data"]
        assert len(page.encode()) <= 4096
        assert f'<html lang="{language}">' in page
        for key in ("not_found_title", "not_found_text", "missing_link"):
            assert messages.text(language, "page", key) in page, key
        assert made["headers"]["cache-control"] == {"value": "no-store"}
        assert "'none'" in made["headers"]["content-security-policy"]["value"]


class _Tags(HTMLParser):
    """Collects the start tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.mark.parametrize("organisation", ["L'Europe", "A\\'B", '<script>alert(1)</script> & "Co"'])
def test_a_name_with_any_sign_is_text_on_that_page(organisation: str) -> None:
    (made,) = run("SitePages", viewer_request("/nothing"), organisation=organisation)
    page = _Tags(made["body"]["data"])
    assert organisation in page.texts
    assert "script" not in page.seen


def test_nobody_gets_a_page_who_asks_for_its_headers_alone() -> None:
    asked = viewer_request("/nothing")
    asked["request"]["method"] = "HEAD"
    (made,) = run("SitePages", asked)
    assert (made["statusCode"], made["body"]["data"]) == (404, "")


def test_the_edge_knows_the_pages_that_are_published() -> None:
    code = code_of("SitePages")
    known = {
        name: re.findall(r"'([^']+)'", listed)
        for name, listed in re.findall(r"var (\w+) = \[(.*?)\];", code, re.DOTALL)
    }
    assert known["PAGES"] == [page.path for page in PAGES if not page.filled]
    assert known["PARTS"] == list(ACCOUNT_PARTS)
    assert known["FILES"] == [f"/{name}" for name in FIXED_FILES]


def test_the_accounts_script_shows_the_parts_that_the_edge_knows() -> None:
    script = (WEBSITE / "scripts" / "account.js").read_text(encoding="utf-8")
    shown = set(re.findall(r'import\("\./account/(\w+)\.js"\)', script))
    html = (WEBSITE / "account.html").read_text(encoding="utf-8")
    [named] = re.findall(r"for part in \((.*?)\)", html)
    assert shown == set(re.findall(r'"(\w+)"', named)) == set(ACCOUNT_PARTS)


def test_a_press_centre_is_counted_by_what_no_cache_answers() -> None:
    acl = resources("AWS::WAFv2::WebACL", EDGE)["WebAcl"]["Properties"]
    rules = {rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"][2:]}
    counted = rules["all-requests"]["ScopeDownStatement"]["NotStatement"]["Statement"]
    left_out = re.compile(counted["RegexMatchStatement"]["RegexString"])
    kept = {path.rstrip("*") for path in BEHAVIOURS if left_out.match(path)}
    assert kept == {"/assets/", "/media/"}
    assert "ScopeDownStatement" not in rules["files"]
    # 500 people who read three pages each within five minutes, with a list and a few calls beside.
    requests_per_network = load(EDGE)["Parameters"]["RequestsPerNetwork"]["Default"]
    assert requests_per_network >= 500 * 4
    assert rules["files"]["Limit"] >= 500 * 4 * 15


def test_functions_at_the_edge_are_live_as_soon_as_they_are_deployed() -> None:
    for name, function in resources("AWS::CloudFront::Function").items():
        assert function["Properties"]["AutoPublish"] is True, name
        longest = "The Organisation With a Rather Long Name, and Its Parliamentary Assembly"
        assert len(code_of(name, longest).encode()) < 10_000, name  # CloudFront's limit
