"""The plans that a firm begins with: one or more for every reason (`callbacks.md`, "Where calls come from")."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from callbacks.calls.choices import ReasonKind, Side
from callbacks.plans.checking import LAPSING, check_fields
from callbacks.plans.choices import DueUnit, Overflow
from callbacks.plans.informing import lay_template
from callbacks.plans.models import Plan
from callbacks.scripts.models import Script
from callbacks.scripts.shipping import lay_shipped
from crm.audit.services import acting
from crm.parameters.registry import value_of

BRANCH, CENTRE = Side.BRANCH, Side.CALL_CENTRE
MARKETS = ["chinext", "star", "bse", "margin"]
# Code, reason (whose script it is, too), name, side, time, urgency, and what is special. Most urgent first.
FIRST: tuple[tuple[str, ReasonKind, str, Side, tuple[int, DueUnit], int, dict[str, Any]], ...] = (
    ("movement", ReasonKind.MOVEMENT, "异动核实", BRANCH, (2, DueUnit.TRADING_DAYS), 10, {
        "cooldown_days": 0, "overflow": Overflow.SMS, "quiet_days": 0,
        "why": "大额资金进出、交易激增和风险预警须在两个交易日内核实是否客户本人意愿。"}),
    ("complaint-answered", ReasonKind.COMPLAINT_ANSWERED, "投诉答复满意度回访", CENTRE, (2, DueUnit.WORKING_DAYS), 20, {
        "cooldown_days": 0, "quiet_days": 0, "why": "投诉答复后由未经手人员了解客户是否满意。"}),
    ("permission", ReasonKind.PERMISSION, "交易权限申请回访", BRANCH, (2, DueUnit.TRADING_DAYS), 30, {
        "cooldown_days": 0, "filters": {"permissions": MARKETS, "request_states": ["requested", "opened"]},
        "why": "确认客户本人申请、知悉风险；比例可按监管要求和营业部能力调整。"}),
    ("permission-hk-connect", ReasonKind.PERMISSION, "港股通开通回访", BRANCH, (7, DueUnit.DAYS_AFTER_OPENING), 32, {
        "cooldown_days": 0, "filters": {"permissions": ["hk_connect"], "request_states": ["opened"]},
        "why": "港股通权限开通后 7 日内回访。"}),
    ("new-client", ReasonKind.NEW_CLIENT, "新开户回访", BRANCH, (1, DueUnit.MONTHS_AFTER_OPENING), 40, {
        "cooldown_days": 0, "warn_days": 10, "why": "新开户客户须在开户后一个月内完成回访，覆盖率 100%。"}),
    ("at-risk", ReasonKind.AT_RISK, "流失预警回访", BRANCH, (5, DueUnit.WORKING_DAYS), 50, {
        "why": "资产明显下降的客户，尽早了解原因、改进服务。"}),
    ("core", ReasonKind.CORE, "核心客户回访", BRANCH, (10, DueUnit.WORKING_DAYS), 60, {
        "why": "新进入核心客户的，介绍专属服务并核对服务需求。"}),
    ("manager-changed", ReasonKind.MANAGER_CHANGED, "客户经理变更回访", CENTRE, (10, DueUnit.WORKING_DAYS), 70, {
        "why": "客户经理离职或变更后，由呼叫中心告知新的服务人员，并了解原客户经理的执业情况。"}),
    ("risk-expiry", ReasonKind.RISK_EXPIRY, "风险测评到期提醒回访", BRANCH, (30, DueUnit.DAYS), 80, {
        "cap": 50, "why": "风险测评即将到期或已经到期的客户，提醒其重新测评。"}),
    ("dormant", ReasonKind.DORMANT, "休眠客户回访", BRANCH, (30, DueUnit.WORKING_DAYS), 90, {
        "cap": 30, "why": "长期未交易且几乎无资产的客户，核实联系方式并了解其意愿。"}),
    ("conduct-sample", ReasonKind.CONDUCT_SAMPLE, "营销人员执业行为抽样回访", CENTRE, (0, DueUnit.END_OF_MONTH), 100, {
        "share": "0.01", "why": "每月按客户经理抽取一定比例的客户，了解是否存在代客操作、承诺收益等行为。"}),
    ("coverage", ReasonKind.COVERAGE, "年度回访覆盖补足", BRANCH, (0, DueUnit.END_OF_YEAR), 110, {
        "share": "0.10", "cap": 30, "cooldown_days": 0,
        "why": "全年回访客户不少于上年末客户数（不含休眠、中止交易账户）的 10%，第四季度按营业部补足。"}),
    ("assigned", ReasonKind.ASSIGNED, "公司指派回访", CENTRE, (10, DueUnit.WORKING_DAYS), 120, {
        "cooldown_days": 0, "why": "公司按客户名单指派的专项回访。"}),
)  # fmt: skip


@transaction.atomic
def lay_first_plans(*, at: dt.datetime | None = None) -> list[str]:
    """Lay every first plan that the firm does not have, made by the system, with the scripts that they need.

    A plan that is there is left as the firm has it. Returns the codes that were laid; laying again lays nothing.
    """
    at = at or timezone.now()
    lay_shipped(at=at)
    lay_template()
    known = set(Plan.objects.values_list("code", flat=True))
    scripts = {script.code: script for script in Script.objects.all()}
    new = [line for line in FIRST if line[0] not in known]
    with acting(by=None):
        for code, kind, name, side, (count, unit), rank, special in new:
            usual = {
                "quiet_days": value_of("callbacks.quiet_days"),
                "cooldown_days": value_of("callbacks.cooldown_days"),
                "cap": value_of("callbacks.movement_cap") if kind == ReasonKind.MOVEMENT else None,
                "lapses": kind in LAPSING,
            }
            plan = Plan(
                code=code, kind=kind, name=name, side=side, due_count=count, due_unit=unit, rank=rank,
                script=scripts[kind], changed_at=at, **usual | special,
            )  # fmt: skip
            plan.clean_fields(exclude=["changed_by"])
            check_fields(plan)
            plan.save()
    return [line[0] for line in new]
