"""The files that take longest are begun first, and nothing else changes its place."""

from dataclasses import dataclass

from tests.support.order import begin_with


@dataclass
class Collected:
    """A test, as far as its file's name matters."""

    nodeid: str


def test_the_files_named_come_first_in_that_order_and_the_others_keep_theirs() -> None:
    names = ("a.py::x", "b.py::x", "c.py::x[d.py]", "b.py::y", "d.py::x")
    items = [Collected(f"tests/unit/{name}") for name in names]
    begin_with(("d", "b"), items)
    assert [item.nodeid.rpartition("/")[2] for item in items] == [
        "d.py::x",
        "b.py::x",
        "b.py::y",
        "a.py::x",
        "c.py::x[d.py]",
    ]
