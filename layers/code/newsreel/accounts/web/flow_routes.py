"""Declares the four routes that every flow has: start, Send new Code, enter the code, look."""

from collections.abc import Callable
from typing import Generic, NamedTuple

from pydantic import BaseModel

from newsreel import clock
from newsreel.accounts import flows
from newsreel.accounts.codes import Purpose
from newsreel.accounts.flow_requests import StartedFlow
from newsreel.accounts.records import Flow
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.flow_models import EnterCode, flow_fields, flow_status_fields
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Body, Request
from newsreel.lambda_runtime import metrics
from newsreel.policy import POLICY
from newsreel.refusals import Code

_B = POLICY.budgets
_MAILS = (_B.mails, _B.mails_of_network, _B.mails_of_browser, _B.service_mails)


class FlowRoutes(NamedTuple, Generic[Body]):
    """What differs between purposes. ``id_name`` names the flow's id in paths and answers."""

    purpose: Purpose
    path: str
    id_name: str
    step: str
    """The path segment for entering the code."""
    start_body: type[Body]
    view: type[BaseModel]
    status_view: type[BaseModel]
    step_view: type[BaseModel]
    step_status: int
    start_refusals: tuple[Code, ...]
    over: tuple[Code, ...]
    """The refusals of a flow that has ended."""
    summaries: tuple[str, str, str, str]
    """What start, Send new Code, entering the code, and look do."""
    access: Access = Access.PUBLIC
    guard: Callable[[Request, str], None] = lambda _request, _flow_id: None
    """Refuses a flow that is not the caller's, by its id; the id of a public one is a secret."""

    def declare(
        self,
        api: Api,
        table: AccountsTable,
        start: Callable[[Request, Body], StartedFlow],
        enter_code: Callable[[Request, str, str], Response],
    ) -> None:
        """Declare the routes; ``enter_code`` gets the request, the flow's id and the code."""
        flow_path = f"{self.path}/{{{self.id_name}}}"

        @api.route_with_body(
            "POST",
            self.path,
            self.start_body,
            access=self.access,
            answer=self.view,
            status=202,
            refusals=self.start_refusals,
            limits=(_B.starts, *_MAILS),
            summary=self.summaries[0],
        )
        def _start(request: Request, body: Body) -> BaseModel:
            started = start(request, body)
            return self._view(started.flow, started.flow_id)

        @api.route(
            "POST",
            f"{flow_path}/code",
            access=self.access,
            answer=self.view,
            status=202,
            refusals=("too_many_requests", *self.over),
            limits=(_B.resends, *_MAILS),
            summary=self.summaries[1],
        )
        def _send_new_code(request: Request) -> BaseModel:
            flow_id = request.path[self.id_name]
            self.guard(request, flow_id)
            flow = flows.send_new_code(
                table, request.budgets, self.purpose, flow_id, now=clock.epoch()
            )
            return self._view(flow, flow_id)

        @api.route_with_body(
            "POST",
            f"{flow_path}/{self.step}",
            EnterCode,
            access=self.access,
            answer=self.step_view,
            status=self.step_status,
            refusals=("code_wrong", "code_expired", "code_spent", *self.over),
            limits=(_B.codes, _B.network_codes, _B.service_codes),
            summary=self.summaries[2],
        )
        def _enter_code(request: Request, body: EnterCode) -> Response:
            self.guard(request, request.path[self.id_name])
            answer = enter_code(request, request.path[self.id_name], body.code)
            metrics.count("CodesConfirmed")
            return answer

        @api.route(
            "GET",
            flow_path,
            access=self.access,
            answer=self.status_view,
            refusals=("flow_over",),
            summary=self.summaries[3],
        )
        def _look(request: Request) -> BaseModel:
            now, flow_id = clock.epoch(), request.path[self.id_name]
            self.guard(request, flow_id)
            flow = flows.find(table, self.purpose, flow_id, now=now)
            fields = {self.id_name: flow_id, **flow_status_fields(flow, now=now)}
            return self.status_view.model_validate(fields)

    def _view(self, flow: Flow, flow_id: str) -> BaseModel:
        fields = {self.id_name: flow_id, **flow_fields(flow, now=clock.epoch())}
        return self.view.model_validate(fields)
