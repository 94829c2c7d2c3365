"""The invented firm's staff: every role of `people.md` is held by somebody.

In the branch in Wuhan one person holds both director posts, as small branches do. Callback clerks are never customer
managers. Wu Guodong has left; what he held is waiting for hand-over.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A member of staff, the unit he works in and the roles that he holds there."""

    staff_no: str
    name: str
    unit: str
    roles: tuple[str, ...]
    mailbox: str
    licence_no: str = ""


def _team(unit: str, first_no: int, *rows: tuple[str, str, str]) -> list[Person]:
    """People of one unit, numbered upwards; a row is (name, roles parted by a space, mailbox)."""
    return [
        Person(str(first_no + i), name, unit, tuple(roles.split()), mailbox, _licence(first_no + i, roles))
        for i, (name, roles, mailbox) in enumerate(rows)
    ]


def _licence(number: int, roles: str) -> str:
    """Advisers carry the number of their registration; the firm's own prefix is invented."""
    return f"S9960526{number:06d}" if "adviser" in roles else ""


STAFF: tuple[Person, ...] = (
    *_team(
        "CALL",
        8001,
        ("林晓芸", "call_centre_supervisor", "linxiaoyun"),
        ("郑凯", "call_centre_supervisor", "zhengkai"),
        ("张华", "call_centre_agent", "zhanghua"),
        ("叶思琪", "call_centre_agent", "yesiqi"),
        ("贺敏", "call_centre_agent", "hemin"),
        ("曾丽娟", "call_centre_agent", "zenglijuan"),
        ("石磊", "call_centre_agent", "shilei"),
    ),
    *_team("OPS", 8101, ("高志远", "operations_centre", "gaozhiyuan"), ("冯雅静", "operations_centre", "fengyajing")),
    *_team("RISK", 8201, ("顾明哲", "risk_control", "gumingzhe"), ("丁文娟", "risk_control", "dingwenjuan")),
    *_team("COMPL", 8301, ("沈若兰", "compliance", "shenruolan"), ("卢振宇", "compliance", "luzhenyu")),
    *_team("SALES", 8401, ("许宏伟", "sales_trading_hq", "xuhongwei"), ("江颖", "sales_trading_hq", "jiangying")),
    *_team("EDU", 8501, ("苏晴", "education_editor", "suqing"), ("邹博文", "education_editor", "zoubowen")),
    *_team("AUDIT", 8601, ("方正平", "auditor", "fangzhengping")),
    *_team("IT", 8701, ("秦朗", "administrator", "qinlang")),
    *_team("SOUTH", 7101, ("黄国栋", "region_head", "huangguodong")),
    *_team("EAST", 7201, ("陆建平", "region_head", "lujianping")),
    *_team("CENTRE", 7301, ("杨立群", "region_head", "yangliqun")),
    *_team(
        "SZ01",
        1101,
        ("梁志刚", "general_manager", "liangzhigang"),
        ("沈洁", "marketing_director", "shenjie"),
        ("唐卫东", "operations_director", "tangweidong"),
        ("吴秀丽", "complaint_officer", "wuxiuli"),
        ("王蕾", "callback_clerk", "wanglei"),
        ("刘倩", "counter_clerk", "liuqian"),
        ("周敏", "customer_manager", "zhoumin"),
        ("李卫东", "customer_manager", "liweidong"),
        ("陈晨", "customer_manager", "chenchen"),
        ("单志诚", "adviser", "shanzhicheng"),
        ("何佩珊", "wealth_secretary", "hepeishan"),
        ("吴国栋", "customer_manager", "wuguodong"),
    ),
    *_team(
        "GZ01",
        1201,
        ("欧阳峰", "general_manager", "ouyangfeng"),
        ("梁颖欣", "marketing_director", "liangyingxin"),
        ("谭永健", "operations_director", "tanyongjian"),
        ("黎少芬", "complaint_officer counter_clerk", "lishaofen"),
        ("冼慧敏", "callback_clerk", "xianhuimin"),
        ("罗嘉伟", "customer_manager", "luojiawei"),
        ("邓凯文", "customer_manager", "dengkaiwen"),
        ("潘静雯", "wealth_secretary", "panjingwen"),
    ),
    *_team(
        "SH01",
        1301,
        ("顾鸿儒", "general_manager", "guhongru"),
        ("徐莉", "marketing_director", "xuli"),
        ("陆永明", "operations_director", "luyongming"),
        ("倪惠芳", "complaint_officer", "nihuifang"),
        ("朱思远", "callback_clerk", "zhusiyuan"),
        ("蒋玉洁", "counter_clerk", "jiangyujie"),
        ("仇晓东", "customer_manager", "qiuxiaodong"),
        ("施佳怡", "customer_manager", "shijiayi"),
        ("戴俊杰", "customer_manager", "daijunjie"),
        ("钱文博", "adviser", "qianwenbo"),
    ),
    *_team(
        "HZ01",
        1401,
        ("郑海波", "general_manager", "zhenghaibo"),
        ("楼晓燕", "marketing_director", "louxiaoyan"),
        ("章立军", "operations_director", "zhanglijun"),
        ("俞春燕", "complaint_officer counter_clerk", "yuchunyan"),
        ("胡诗雨", "callback_clerk", "hushiyu"),
        ("金天宇", "customer_manager", "jintianyu"),
        ("叶晓丽", "customer_manager", "yexiaoli"),
        ("傅子豪", "customer_manager", "fuzihao"),
    ),
    *_team(
        "CD01",
        1501,
        ("罗建新", "general_manager", "luojianxin"),
        ("蒲丽君", "marketing_director", "pulijun"),
        ("雷振华", "operations_director", "leizhenhua"),
        ("廖雪梅", "complaint_officer counter_clerk", "liaoxuemei"),
        ("曾雨晴", "callback_clerk", "zengyuqing"),
        ("袁鹏", "customer_manager", "yuanpeng"),
        ("向小红", "customer_manager", "xiangxiaohong"),
        ("查云飞", "adviser wealth_secretary", "zhayunfei"),
    ),
    *_team(
        "WH01",
        1601,
        ("熊志宏", "general_manager", "xiongzhihong"),
        ("解冬梅", "marketing_director operations_director", "xiedongmei"),
        ("董红梅", "complaint_officer counter_clerk", "donghongmei"),
        ("严晶晶", "callback_clerk", "yanjingjing"),
        ("万俊峰", "customer_manager", "wanjunfeng"),
    ),
)  # fmt: skip

LEAVER = "1112"  # left about two months before the firm was made
