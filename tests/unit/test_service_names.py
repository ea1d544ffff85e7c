"""The local AWS knows a service by each of its names, as botocore's whole models tell them."""

import botocore.session
import pytest

from infra.local.ministack_patches import service_names

NAMES = service_names.names()


@pytest.mark.parametrize("service", ["service-quotas", "ses", "cloudwatch", "support", "s3"])
def test_the_names_are_those_of_the_models(service: str) -> None:
    about = botocore.session.get_session().get_service_model(service).metadata
    told = {service, about["endpointPrefix"], about.get("signingName", about["endpointPrefix"])}
    assert told <= NAMES


def test_every_service_is_known_and_nothing_else() -> None:
    assert set(botocore.session.get_session().get_available_services()) <= NAMES
    assert not {"", "newsreel", "metadata"} & NAMES
