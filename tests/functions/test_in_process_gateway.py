"""The gateway that the functions' tests go through finds each route, whatever it is asked first."""

import pytest

from tests.support import gateway
from tests.support.template import functions

DECLARED = sorted(route for function in functions().values() for route in function.declared)


@pytest.mark.parametrize("turned", [False, True], ids=["in their order", "in the opposite order"])
@pytest.mark.parametrize(("method", "path"), DECLARED)
def test_each_route_is_found_in_any_order_of_the_others_of_its_kind(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, turned: bool
) -> None:
    if turned:
        alike = sorted(gateway.ROUTES.items(), key=lambda one: one[0], reverse=True)
        ordered = sorted(alike, key=lambda one: ("{" in one[1][0], one[0][0] == "ANY"))
        monkeypatch.setattr(gateway, "ROUTES", dict(ordered))
    asked = path.replace("{path+}", "deep/er").replace("{", "").replace("}", "")
    found = gateway.match("GET" if method == "ANY" else method, asked)
    assert found is not None
    assert found[0] == path


def test_a_whole_path_is_one_value() -> None:
    found = gateway.match("GET", "/pages/missing/videos/x%2Fy")
    assert found is not None
    assert found[2] == {"path": "videos/x/y"}
