"""Lets the REST API take routes of any method, and answer by itself as its template says.

MiniStack imports neither `x-amazon-apigateway-any-method` nor gateway responses from an OpenAPI
body (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html),
which is where SAM writes both. It hands out what Lambda says of a function that is throttled or
failed, where AWS has its response INTEGRATION_FAILURE. And where there is no route, AWS looks at a
header `Authorization` first, and has the response DEFAULT_4XX for one that is no signature
(https://github.com/DataBiosphere/azul/issues/7470 counts both in a year of logs).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

ANY = "x-amazon-apigateway-any-method"
RESPONSES = "x-amazon-apigateway-gateway-responses"

Json: TypeAlias = dict[str, Any]
Invoke: TypeAlias = Callable[..., Awaitable[Any]]


class FunctionFailedError(Exception):
    """The function gave no answer that the gateway could pass on."""


def mend() -> None:
    """Put the mends in MiniStack's place."""
    from ministack.services import apigateway_v1 as gateway  # noqa: PLC0415 (its import starts threads)

    gateway._OPENAPI_HTTP_METHODS = {*gateway._OPENAPI_HTTP_METHODS, "any"}  # noqa: SLF001
    gateway._import_path_item = with_any_method(gateway._import_path_item)  # noqa: SLF001
    gateway._import_rest_api = with_gateway_responses(gateway._import_rest_api)  # noqa: SLF001
    gateway._execute_in_scope = with_authorization(gateway._execute_in_scope)  # noqa: SLF001
    gateway._lambda_proxy_response = answers_alone(gateway._lambda_proxy_response)  # noqa: SLF001
    gateway._invoke_lambda_proxy_v1 = with_failures(gateway._invoke_lambda_proxy_v1)  # noqa: SLF001


def with_any_method(import_item: Callable[..., None]) -> Callable[..., None]:
    """Return an import of a path whose methods may be `ANY`."""

    def import_all(api_id: str, path: str, item: Mapping[str, Json], *more: object) -> None:
        methods = {"any" if name == ANY else name: operation for name, operation in item.items()}
        import_item(api_id, path, methods, *more)

    return import_all


def with_gateway_responses(import_api: Callable[..., str]) -> Callable[..., str]:
    """Return an import of an API that takes its gateway responses too."""
    from ministack.services import apigateway_v1 as gateway  # noqa: PLC0415

    def import_whole(spec: Json, base: Json | None = None) -> str:
        api_id = import_api(spec, base)
        for kind, response in spec.get(RESPONSES, {}).items():
            status, _, body = gateway._put_gateway_response(api_id, kind, response)  # noqa: SLF001
            if status != 201:  # noqa: PLR2004
                raise ValueError(f"gateway response {kind}: {body!r}")
        return api_id

    return import_whole


def with_authorization(execute: Invoke) -> Invoke:
    """Return what finds the route of a request, for requests with `Authorization` too."""
    from ministack.services import apigateway_v1 as gateway  # noqa: PLC0415

    async def execute_authorized(request: Json, *more: object) -> Any:
        answer = await execute(request, *more)
        unknown = getattr(answer, "response_type", None) == "MISSING_AUTHENTICATION_TOKEN"
        given = {name.lower() for name in request["headers"]}
        if unknown and "authorization" in given:
            return gateway._gw_error("DEFAULT_4XX", "Invalid key=value pair")  # noqa: SLF001
        return answer

    return execute_authorized


def answers_alone(shape: Callable[[Json], Any]) -> Callable[[Json], Any]:
    """Return what shapes a function's answer, for answers alone."""

    def shape_answer(result: Json) -> Any:
        if result.get("throttle") or result.get("error"):
            raise FunctionFailedError
        return shape(result)

    return shape_answer


def with_failures(invoke: Invoke) -> Invoke:
    """Return an invocation whose failure the gateway answers."""
    from ministack.services import apigateway_v1 as gateway  # noqa: PLC0415

    async def invoke_or_fail(*arguments: object, **more: object) -> Any:
        try:
            return await invoke(*arguments, **more)
        except FunctionFailedError:
            return gateway._gw_error("INTEGRATION_FAILURE", "Internal server error")  # noqa: SLF001

    return invoke_or_fail
