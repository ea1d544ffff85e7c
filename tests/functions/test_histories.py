"""After random histories of uploads and events the catalogue says what the bucket holds.

``make fuzz`` lives through a thousand.
"""

import pytest

from tests.support import histories


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(4))
def test_the_catalogue_equals_the_bucket_after_a_quiet_minute(seed: int) -> None:
    wrong, happened = histories.live(seed)
    assert wrong == []
    assert happened["deliver"]
