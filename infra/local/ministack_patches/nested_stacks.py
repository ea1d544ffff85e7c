"""Lets CloudFormation make and update nested stacks as it does their root.

- A template's transforms run before its stack is made, also when it is nested
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html).
  MiniStack applies them to the templates of its API calls alone, and refuses each function of a
  nested one.
- `{{resolve:secretsmanager:...}}` becomes the secret there, too. MiniStack leaves it as it is, so
  that the distribution would send that text instead of the origin's secret.
- A resource that an update does not touch keeps its attributes. In a nested stack MiniStack forgets
  them, so that the update fails at the first `Fn::GetAtt` of such a resource.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]
Updated: TypeAlias = tuple[str, dict[str, Any]]


def mend() -> None:
    """Mend what is looked up by name while a nested stack is deployed.

    The calls of the API took the same functions when MiniStack started, and keep them.
    """
    transform_templates()
    read_secrets()
    keep_attributes()


def transform_templates() -> None:
    """Transform what is parsed."""
    from ministack.services import cloudformation  # noqa: PLC0415 (its import starts threads)

    engine = cloudformation.engine
    parse = engine._parse_template  # noqa: SLF001

    def parse_and_transform(body: str) -> dict[str, Any]:
        made: dict[str, Any] = engine._apply_transforms(parse(body))  # noqa: SLF001
        return made

    engine._parse_template = parse_and_transform  # noqa: SLF001


def read_secrets() -> None:
    """Replace references to secrets in what is resolved."""
    from ministack.services import cloudformation  # noqa: PLC0415 (its import starts threads)

    engine = cloudformation.engine
    resolve = engine._resolve_refs  # noqa: SLF001

    def resolve_and_read(*values: Any) -> Any:
        resolved, _ = engine._resolve_dynamic_references(resolve(*values))  # noqa: SLF001
        return resolved

    engine._resolve_refs = resolve_and_read  # noqa: SLF001


def keep_attributes() -> None:
    """Tell an update which attributes a resource has."""
    from ministack.services import cloudformation  # noqa: PLC0415 (its import starts threads)

    provisioners = cloudformation.provisioners
    update = provisioners._update_resource  # noqa: SLF001

    def update_knowing(
        kind: str,
        physical_id: str,
        before: Properties,
        wanted: Properties,
        stack: str,
        logical_id: str = "",
        known: Properties | None = None,
    ) -> Updated:
        its_stack = cloudformation._stacks.get(stack) or {}  # noqa: SLF001
        made = its_stack.get("_resources", {}).get(logical_id, {})
        attributes = known or made.get("Attributes")
        updated: Updated = update(kind, physical_id, before, wanted, stack, logical_id, attributes)
        return updated

    provisioners._update_resource = update_knowing  # noqa: SLF001
