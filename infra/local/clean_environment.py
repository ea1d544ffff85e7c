"""Decides what the tools and functions of the local stack may see of the caller's shell.

Environments are built from nothing, by allow-list. A real account can't be reached: the keys are
dummies, the endpoint is loopback, and config files, profiles, proxies and the metadata service are
out of the way.
"""

import ipaddress
import os
from urllib.parse import urlsplit

from infra.local import administrator, node
from infra.local.paths import HOME, PROJECT, REGION, RUNTIME, SCRATCH, WORLD, WORLD_VARIABLE, Ports

# Not secrets: neither AWS nor the local AWS knows them. Functions get those of their own roles.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105

# What building needs to fetch packages, and nothing of AWS.
_FETCHING = (
    "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "all_proxy", "http_proxy", "https_proxy", "no_proxy",
    "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS", "XDG_CACHE_HOME",
)  # fmt: skip
_FETCHING_PREFIXES = ("PIP_", "UV_", "NPM_CONFIG_", "npm_config_")
_PLAIN = ("LANG", "LC_ALL", "LC_CTYPE", "TERM", "NO_COLOR", "COLUMNS")


def assert_loopback(url: str) -> str:
    """Return `url`, or raise ValueError when its host is not this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or _is_loopback(host):
        return url
    raise ValueError(f"The local stack only ever talks to this machine, not to {host!r}.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def closed(ports: Ports) -> dict[str, str]:
    """Return the environment of everything that speaks to AWS: nothing of the caller's but words.

    botocore reads these names:
    https://boto3.amazonaws.com/v1/documentation/api/latest/guide/configuration.html
    """
    kept = {name: os.environ[name] for name in _PLAIN if name in os.environ}
    SCRATCH.mkdir(parents=True, exist_ok=True)
    HOME.mkdir(parents=True, exist_ok=True)
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": os.pathsep.join(_tools()),
        "HOME": str(HOME),
        "TMPDIR": str(SCRATCH),
        "NO_PROXY": "*",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": assert_loopback(ports.aws_url),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        # sam asks every 5 s whether a deployment is done; here it takes less than one.
        "SAM_CLI_POLL_DELAY": "0.3",
        "PYTHONUNBUFFERED": "1",
        **({WORLD_VARIABLE: WORLD} if WORLD else {}),
    }


def for_functions(ports: Ports) -> dict[str, str]:
    """Return the environment of the local AWS, which its functions inherit.

    CloudFront Functions run on the project's Node.
    `python3` is the bare runtime, so that a package missing from a layer is missed here too.
    """
    path = [str(RUNTIME / "bin"), str(node.FOLDER), "/usr/local/bin", "/usr/bin", "/bin"]
    return {**closed(ports), "PATH": os.pathsep.join(path)}


def for_administering(ports: Ports) -> dict[str, str]:
    """Return the environment of what deploys, publishes and uploads: the administrator's."""
    own = administrator.keys()
    return {
        **closed(ports),
        "AWS_ACCESS_KEY_ID": own.access_key_id,
        "AWS_SECRET_ACCESS_KEY": own.secret_access_key,
    }


def for_building(ports: Ports) -> dict[str, str]:
    """Return the environment of `sam build`, which fetches packages but has no account either."""
    fetching = {
        name: value
        for name, value in os.environ.items()
        if name in _FETCHING or name.startswith(_FETCHING_PREFIXES)
    }
    home = os.environ.get("HOME", str(HOME))
    closed_off = closed(ports)
    if any(name.upper().endswith("_PROXY") for name in fetching):
        closed_off.pop("NO_PROXY")
    return {**closed_off, "HOME": home, **fetching}


def for_tests() -> dict[str, str]:
    """Return the caller's environment without any AWS in it, for test suites.

    They make their own accounts in the process (moto); a browser needs the rest. Bytecode is kept:
    images of Python often turn that off, and each of a dozen processes would compile everything.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **own,
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def _tools() -> list[str]:
    return [str(PROJECT / ".venv" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]


def enter(ports: Ports) -> dict[str, str]:
    """Leave the caller's environment for the administrator's; return the one for building.

    From here on nothing in this process or below it can see a profile, a key or another endpoint.
    """
    fetching = for_building(ports)
    enclosed = for_administering(ports)
    os.environ.clear()
    os.environ.update(enclosed)
    return fetching
