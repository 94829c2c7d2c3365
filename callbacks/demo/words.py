"""What clients of the demo firm say in calls, and what staff write down. A Chinese firm's data: Chinese in either
language.
"""

from __future__ import annotations

Weighted = tuple[tuple[str, int], ...]

# How questions of choice are answered, each with its weight. What is not here: nothing out of the ordinary.
REPLIES: dict[str, Weighted] = {
    "account_changes": (("own", 95), ("unsure", 5)),
    "risks_disclosed": (("explained", 86), ("unsure", 14)),
    "discretionary_mandate": (("none", 93), ("family", 7)),
    "less_use_why": (("market", 45), ("funds", 30), ("service", 8), ("fees", 9), ("no_time", 8)),
    "service_contact": (("enough", 60), ("rare", 32), ("none", 8)),
    "advice_fitting": (("fits", 65), ("no_products", 35)),
    "needs": (("wealth", 35), ("research", 30), ("funds", 20), ("nothing", 15)),
    "dormant_aware": (("yes", 80), ("no", 20)),
    "dormant_plan": (("keep", 50), ("undecided", 25), ("use", 15), ("close", 10)),
    "dormant_help": (("password", 50), ("bank", 30), ("assessment", 20)),
    "manager_told": (("yes", 55), ("no", 45)),
    "manager_contact": (("not_yet", 60), ("yes", 25), ("another", 8), ("nobody", 7)),
    "movement_own": (("own", 92), ("unsure", 8)),
    "movement_why": (
        ("own_use", 35), ("other_investment", 25), ("trading_plan", 25), ("other_broker", 9), ("dissatisfied", 6),
    ),
    "leaving_why": (("fees", 60), ("service", 40)),
    "assessment_own": (("own", 90), ("guessed", 10)),
    "teach_understood": (("clear", 75), ("course", 15), ("questions", 10)),
    "permission_knowledge": (("clear", 60), ("partly", 40)),
    "situation_changed": (("none", 75), ("income", 10), ("tolerance", 15)),
    "assessment_how": (("app", 60), ("branch", 15), ("help", 15), ("later", 10)),
    "preference": (("steady", 50), ("conservative", 25), ("aggressive", 20), ("unsure", 5)),
    "statement_checked": (("yes", 60), ("no", 40)),
    "contact_right": (("yes", 92), ("no", 8)),
    "satisfaction": (("5", 55), ("4", 33), ("3", 12)),
}  # fmt: skip
WHY_NOT_SATISFIED = ("客户经理平时联系少，希望行情大的时候能提个醒", "手机软件高峰时段卡，盼改进", "佣金比朋友那边高")
# The answer on which a reason's note rests, and what is written for each answer.
RESTS_ON: dict[str, str] = {
    "movement": "movement_why", "permission": "permission_knowledge", "new_client": "teach_understood",
    "at_risk": "less_use_why", "core": "service_contact", "manager_changed": "manager_contact",
    "risk_expiry": "assessment_how", "dormant": "dormant_plan", "conduct_sample": "service_contact",
    "coverage": "statement_checked",
}  # fmt: skip
NOTES: dict[str, dict[str, tuple[str, ...]]] = {
    "movement": {
        "own_use": (
            "本人操作，款项用于付购房首付，年底前可能还要转出一笔。",
            "转账是本人办的，家里装修用款，对服务没有意见。",
        ),
        "other_investment": (
            "本人转去银行买三个月理财，到期后会转回来。",
            "本人操作，赎回后转做大额存单，表示看行情再回来。",
        ),
        "trading_plan": (
            "本人正常调仓，清楚最近成交较多，已提醒注意规范交易。",
            "客户说是自己的交易习惯，没有他人代为操作。",
        ),
        "other_broker": ("本人决定，资金转到另一家券商，主要是那边佣金低。已告知客户我司可以申请调整费率。",),
        "dissatisfied": ("本人操作，嫌客户经理联系少才转走，建议营业部安排人回访挽留。",),
        "": ("客户一时想不起来，说回去查对账单，已告知查询办法，请营业部跟进。",),
    },
    "permission": {
        "clear": ("本人申请，交易规则和退市风险都清楚，做过几年股票。", "本人自愿开通，清楚涨跌幅限制，没有人代答题。"),
        "partly": (
            "本人申请，规则知道一些，已按话术补充讲解退市风险，客户表示明白。",
            "本人自愿申请，讲解后客户复述了涨跌幅规则。",
        ),
    },
    "new_client": {
        "clear": (
            "手机自助开户，本人办理，风险提示都听明白了。",
            "朋友介绍来开户，本人操作，无疑问。",
            "开户资料和预留电话核对无误，客户态度配合。",
        ),
        "course": ("本人开户，想先看基础课程，已告知在手机软件“投教”栏目查看。",),
        "questions": (
            "本人开户，问新股申购要不要市值，已说明，其他没有疑问。",
            "问银证转账限额，已解答，请客户经理加微信工作号跟进。",
        ),
    },
    "at_risk": {
        "market": ("觉得行情不好，先转出一部分观望，没有转去别家。", "去年套得多，减仓观望，希望有人定期讲讲市场。"),
        "funds": ("孩子结婚用钱，转出属正常用款，年后再补回来。", "生意周转用款，短期内不会转回，对服务没有意见。"),
        "service": ("反映近半年没人联系，希望安排固定的人服务，请营业部跟进。",),
        "fees": ("觉得佣金偏高，问能不能下调，已答应转客户经理答复。",),
        "no_time": ("工作忙没时间看盘，问有没有省心一些的产品，已记录需求，未作推荐。",),
    },
    "core": {
        "enough": ("对服务满意，客户经理每周发资讯，想多参加策略会。", "服务正常，希望有大类资产配置方面的报告。"),
        "rare": ("客户经理一两个月才联系一次，希望多一些，已记录。", "联系不算多，有事能找到人，没有其他意见。"),
        "none": ("说今年没人主动联系过，请营业部安排。",),
    },
    "manager_changed": {
        "not_yet": (
            "不知道客户经理离职，已说明情况，请营业部尽快安排人联系。",
            "老客户经理走后没人接手，客户希望固定一位。",
        ),
        "yes": ("知道变动，营业部已打过招呼，账户使用正常。",),
        "another": ("希望换一位熟悉债券的客户经理，已转营业部。",),
        "nobody": ("自己会操作，不需要客户经理，只要有事能打通电话。",),
    },
    "risk_expiry": {
        "app": ("会自己在手机上重做测评，已讲操作步骤，未提示答案。", "知道快到期，这两天在手机上做。"),
        "branch": ("年纪较大，约好周内到营业部做测评，请柜台接待。",),
        "help": ("找不到测评入口，已说明路径，客户当场找到。",),
        "later": ("说最近不买产品，过一阵再做，已说明到期后的限制。",),
    },
    "dormant": {
        "keep": ("记得有账户，先留着不销，联系方式没有变。", "早年打新股开的，暂不使用，也不销户。"),
        "undecided": ("还没想好用不用，已告知销户需要的材料。",),
        "use": ("想重新使用，忘了密码，已告知重置办法。",),
        "close": ("想销户，已告知携带身份证到营业部办理。",),
    },
    "conduct_sample": {
        "enough": ("客户经理服务正常，没有代客操作和承诺收益的情况。", "评价不错，有事能及时找到人。"),
        "rare": ("平时联系较少，没有发现违规情况。", "联系不多，不影响使用，无其他意见。"),
        "none": ("没见过客户经理，账户都是自己操作。",),
    },
    "coverage": {
        "yes": ("例行回访，账户正常使用，对账单每月看。",),
        "no": ("例行回访，很少看对账单，已提醒每月核对。",),
    },
}
ALERT_NOTES = ("预警情况已与客户核实，是本人操作，已提醒注意账户安全。", "客户知悉预警原因，表示以后会注意规范交易。")
USUAL_NOTE = ("回访完成，客户没有其他意见。",)
# Calls that were not completed.
SAID: dict[str, tuple[str, ...]] = {
    "reschedule": ("在开会，约改天再打。", "在外地开车，改天方便再联系。", "说下班以后方便，改约。"),
    "not_client": ("家人接听，客户不在，未透露事由。", "同事代接，请转告来电。"),
    "refused": ("表示不需要回访，请不要再打。", "听说是证券公司就说没空，不愿配合。"),
    "wrong_number": ("对方说打错了，不认识客户，请营业部核实号码。",),
    "objection": ("对手续费计算有异议，要求书面说明，已告知会有人联系。", "不认可之前的答复，要求营业部负责人回电。"),
}
SKIPPED: tuple[tuple[str, str], ...] = (
    ("acquainted", ""), ("language", "客户只讲潮汕话，请会讲的同事打。"),
    ("knowledge", "涉及融资融券合约展期，不熟悉。"),
    ("shift", ""), ("data", "预留电话与姓名对不上，请先核实。"),
)  # fmt: skip
HANDED = ("客户问期权业务，请熟悉的同事接着打", "客户要求男同事沟通", "下午培训，约好的时间打不了")
DECLINED = "手上还有两个约好时间的，来不及"
COMPLAINT = "客户称上周银证转账两次失败，打营业部电话无人接听，要求书面答复并调整佣金。"
NO_RECORDING = "录音盒故障，已报信息技术部维修"
MARKS = ("客户确认本人办理", "客户对佣金有意见", "核对身份", "约定再次联系", "客户要求书面说明")
# Critical answers by reason: which of its complete calls (counted from the first), what was answered, in which words.
CRITICAL: dict[tuple[str, int], tuple[dict[str, str], str]] = {
    ("manager_changed", 5): ({"leaver_contact": "transfer"}, "原客户经理上月打过电话，劝其把资产转到新公司。"),
    ("conduct_sample", 4): ({"promised_return": "promised"}, "客户说介绍产品时讲过“保本，一年至少六个点”。"),
    ("conduct_sample", 11): ({"trades_pressed": "yes"}, "客户说月底常接到电话劝多做几笔。"),
    ("new_client", 9): ({"assessment_own": "by_staff"}, "客户说测评题目是工作人员在旁边告诉怎么选的。"),
}
# Movement checks that go to risk control, by what is checked: from which complete one on, what was answered against
# the usual, the client's words, what the check came to and the remark on it.
REPORTS: tuple[tuple[str, int, dict[str, str], str, str, str], ...] = (
    ("outflow", 3, {"movement_own": "not_own"}, "客户说没有办过这笔转账，前几天点过一条积分兑换短信。",
     "misuse", "客户称不是本人操作，已引导修改密码并申请临时限制转出。"),
    ("alert", 6, {}, "客户承认与亲属共用一台电脑委托，已提示一人一户、账户不得出借。",
     "alert_confirmed", "与亲属共用同一台电脑委托，已提示一人一户。"),
)  # fmt: skip
ACKNOWLEDGED = "已收到，当日冻结转出权限，正与营业部核对登录记录。"
