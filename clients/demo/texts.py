"""What alerts and service records of the demo say. Data of a Chinese firm, so in Chinese in either language."""

from __future__ import annotations

# (source, kind, summary). The first three are about trading, the last one about money that went out or came in.
ALERT_KINDS: tuple[tuple[str, str, str], ...] = (
    ("exchange", "异常交易", "盘中多次大额申报后撤单，交易所发出关注函，请提示客户规范交易"),
    ("exchange", "拉抬价格", "尾盘连续以高于市价申报买入，被列入重点监控账户"),
    ("compliance", "频繁反向交易", "当日同一证券反复买卖，成交占比偏高，请核实交易目的"),
    ("system", "异地登录", "登录地与常用地不一致，且一小时内更换设备"),
    ("system", "密码连续错误", "交易密码连续输错五次，账户已临时锁定"),
    ("system", "证件即将到期", "身份证件三十天内到期，请提醒客户更新"),
    ("compliance", "客户信息待核实", "预留手机号与他人重复，请联系客户核实"),
    ("compliance", "交易设备关联", "与其他客户使用同一设备委托，请了解是否代客操作"),
    ("system", "地址缺失", "联系地址不完整，回访函被退回"),
    ("compliance", "大额资金划转", "大额资金进出与日常规模不符，请核实资金用途"),
)

# (occasion, who serves, channel, direction, topic, summary, outcome)
TOPICS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("any", "agent", "phone", "inbound", "银证转账", "咨询银证转账限额与时间，已说明各银行规定", "已解答"),
    ("any", "agent", "phone", "inbound", "密码重置", "忘记交易密码，核身后引导在手机端自助重置", "已解决"),
    ("any", "agent", "phone", "inbound", "行情软件", "手机行情刷新慢，建议切换站点并升级版本", "已解决"),
    ("any", "agent", "phone", "inbound", "新股申购", "询问新股配号与中签缴款时间", "已解答"),
    ("any", "agent", "phone", "inbound", "交易规则", "咨询撤单时间与集合竞价规则", "已解答"),
    ("any", "agent", "phone", "inbound", "权限开通", "咨询创业板权限开通条件，资产与交易经验已说明", "已解答"),
    ("any", "agent", "phone", "inbound", "佣金费率", "希望调整佣金，已转客户经理跟进", "已转办"),
    ("any", "agent", "online", "inbound", "开户资料", "更新身份证件影像，已受理", "已受理"),
    ("any", "agent", "online", "inbound", "账单查询", "索取上月对账单，已发送至预留邮箱", "已解决"),
    ("any", "agent", "online", "inbound", "红利到账", "询问分红到账日与扣税规则", "已解答"),
    ("any", "agent", "sms", "outbound", "风险提示", "发送防范假冒网站与非法荐股提示", "已送达"),
    ("any", "agent", "sms", "outbound", "测评到期", "提醒风险承受能力测评即将到期", "已送达"),
    ("any", "manager", "phone", "outbound", "例行问候", "介绍近期市场情况，客户无其他需求", "已完成"),
    ("any", "manager", "phone", "outbound", "产品介绍", "介绍固定收益类产品，客户表示考虑", "待跟进"),
    ("any", "manager", "phone", "outbound", "持仓沟通", "沟通持仓集中度，提示分散风险", "已完成"),
    ("any", "manager", "phone", "outbound", "预约面谈", "约定下周到营业部面谈资产配置", "已预约"),
    ("any", "manager", "phone", "outbound", "例行问候", "电话无人接听", "未接通"),
    ("any", "manager", "visit", "inbound", "资产配置", "到访营业部，讨论养老资金安排", "已完成"),
    ("any", "manager", "email", "outbound", "研究摘要", "发送本周策略摘要", "已送达"),
    ("any", "counter", "visit", "inbound", "业务办理", "办理银行卡变更，资料齐全，当场办结", "已办结"),
    ("any", "counter", "visit", "inbound", "业务办理", "办理创业板权限，双录完成", "已办结"),
    ("any", "counter", "visit", "inbound", "证件更新", "更新身份证有效期", "已办结"),
    ("any", "callback", "phone", "outbound", "服务回访", "回访服务满意度，客户表示满意", "已完成"),
    ("any", "callback", "phone", "outbound", "服务回访", "客户反映客户经理联系偏少，已记录", "待跟进"),
    ("any", "callback", "letter", "outbound", "对账函", "寄送年度对账函", "已寄出"),
    ("leave", "manager", "phone", "outbound", "大额转出", "客户表示资金用于购房，对服务无意见", "已完成"),
    ("leave", "manager", "phone", "outbound", "大额转出", "资金转往其他券商，原因是佣金较低，已报营销总监", "待跟进"),
    ("leave", "manager", "phone", "outbound", "大额转出", "客户购买银行理财，约定到期后再联系", "待跟进"),
    ("new", "manager", "phone", "outbound", "新客户问候", "确认开户信息，介绍交易软件与服务热线", "已完成"),
)
