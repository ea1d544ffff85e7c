"""The templates as SAM hands them to CloudFormation: OpenAPI bodies, permissions."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support.stacks import TEMPLATE, load


@cache
def transformed(path: Path = TEMPLATE) -> dict[str, dict[str, Any]]:
    """Return the resources of a template by logical id; callers must not change them."""
    session = boto3.Session(region_name="eu-central-1")
    template = SamTemplateValidator(copy.deepcopy(load(path)), None)
    template._replace_local_codeuri()  # SAM reads code from S3 alone
    translator = Translator({}, Parser(), plugins=[], boto_session=session)
    translated = translator.translate(sam_template=template.sam_template, parameter_values={})
    resources: dict[str, dict[str, Any]] = translated["Resources"]
    return resources
