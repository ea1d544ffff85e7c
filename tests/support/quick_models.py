"""Has botocore read each file of its data once a process, and not once for each session.

Sessions only read what they share so. Every command of the AWS CLI is a session, and looks through
the folders of 400 services first.
"""

from functools import cache, lru_cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

_HELD = 64
"""Files that are kept; all of them together would fill the memory."""


@cache
def install() -> None:
    """Do so from now on, in this process."""
    files: Any = JSONFileLoader  # its stubs lack what it reads with
    read, listed = files._load_file, Loader.list_available_services
    services: dict[tuple[str, ...], list[str]] = {}

    @lru_cache(_HELD)
    def read_once(full_path: str, open_method: Any) -> Any:
        return read(JSONFileLoader(), full_path, open_method)

    def list_once(self: Loader, type_name: str) -> list[str]:
        asked = (type_name, *self.search_paths)
        if asked not in services:
            services[asked] = listed(self, type_name)
        return services[asked]

    files._load_file = lambda _self, path, method: read_once(path, method)
    Loader.list_available_services = list_once  # type: ignore[method-assign]
