"""The invented firm's units, and the places where its clients live.

Cities and provinces are real; the firm, its offices, its telephone numbers and its clients' districts in ID numbers
are not. Addresses are composed of common road names and invented estates.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.organisation.choices import UnitKind

FIRM_CODE = "HQ"
FIRM_NAME = "晴川证券股份有限公司"
MAIL_DOMAIN = "qingchuan.example"
HOTLINE = "021-6090 5500"


@dataclass(frozen=True)
class Place:
    """One unit of the firm; `parent` is the code of the unit that it belongs to."""

    kind: UnitKind
    code: str
    name: str
    parent: str | None
    province: str = ""
    city: str = ""
    phone: str = ""

    @property
    def email(self) -> str:
        return f"{self.code.lower()}@{MAIL_DOMAIN}"


@dataclass(frozen=True)
class Town:
    """What a branch's clients have in common: share of the firm's clients, ID district prefix, city districts."""

    share: float
    id_prefix: str  # province and an unused city number: no such district has ever been given out
    districts: str


def _department(code: str, name: str, phone: str) -> Place:
    return Place(UnitKind.DEPARTMENT, code, name, FIRM_CODE, "上海市", "上海市", phone)


def _region(code: str, name: str, province: str, city: str, phone: str) -> Place:
    return Place(UnitKind.REGION, code, name, FIRM_CODE, province, city, phone)


def _branch(code: str, name: str, region: str, province: str, city: str, phone: str) -> Place:
    return Place(UnitKind.BRANCH, code, name, region, province, city, phone)


UNITS: tuple[Place, ...] = (
    Place(UnitKind.HEADQUARTERS, FIRM_CODE, FIRM_NAME, None, "上海市", "上海市", HOTLINE),
    _department("CALL", "客户服务中心", HOTLINE),
    _department("OPS", "运营中心", "021-6090 5510"),
    _department("RISK", "风险控制总部", "021-6090 5520"),
    _department("COMPL", "合规部", "021-6090 5530"),
    _department("SALES", "销售交易总部", "021-6090 5540"),
    _department("EDU", "投资者教育中心", "021-6090 5550"),
    _department("AUDIT", "稽核部", "021-6090 5560"),
    _department("IT", "信息技术部", "021-6090 5570"),
    _region("SOUTH", "华南分公司", "广东省", "深圳市", "0755-2590 7700"),
    _region("EAST", "华东分公司", "上海市", "上海市", "021-6090 5600"),
    _region("CENTRE", "中西部分公司", "四川省", "成都市", "028-6280 4400"),
    _branch("SZ01", "深圳红岭路营业部", "SOUTH", "广东省", "深圳市", "0755-2590 7711"),
    _branch("GZ01", "广州天河北路营业部", "SOUTH", "广东省", "广州市", "020-3870 9022"),
    _branch("SH01", "上海漕溪北路营业部", "EAST", "上海市", "上海市", "021-6090 5633"),
    _branch("HZ01", "杭州庆春路营业部", "EAST", "浙江省", "杭州市", "0571-8720 3344"),
    _branch("CD01", "成都人民南路营业部", "CENTRE", "四川省", "成都市", "028-6280 4455"),
    _branch("WH01", "武汉中北路营业部", "CENTRE", "湖北省", "武汉市", "027-8780 6166"),
)

TOWNS: dict[str, Town] = {
    "SZ01": Town(0.25, "4486", "福田区 罗湖区 南山区 宝安区 龙岗区"),
    "GZ01": Town(0.16, "4487", "天河区 越秀区 海珠区 荔湾区 白云区"),
    "SH01": Town(0.22, "3186", "徐汇区 静安区 长宁区 浦东新区 闵行区"),
    "HZ01": Town(0.17, "3386", "上城区 拱墅区 西湖区 滨江区 萧山区"),
    "CD01": Town(0.13, "5186", "锦江区 青羊区 武侯区 成华区 金牛区"),
    "WH01": Town(0.07, "4286", "武昌区 江汉区 洪山区 汉阳区 江岸区"),
}

ROADS = (
    "人民路 建设路 解放路 中山路 和平路 文化路 新华路 学院路 青年路 前进路 滨河路 望江路 翠竹路 桃源路 梅林路 "
    "春晖路 朝阳路 育才路 园岭路 同心路"
)
ESTATES = (
    "锦绣花园 翠湖苑 金色家园 阳光里 绿茵阁 碧水湾 桂花园 康乐新村 东方雅苑 书香名邸 云锦东城 幸福里 和美居 "
    "紫荆苑 江南春晓 松涛苑 海棠公寓 清风苑 明月湾 银杏小区"
)


def branch_codes() -> list[str]:
    return [place.code for place in UNITS if place.kind == UnitKind.BRANCH]
