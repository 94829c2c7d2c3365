from __future__ import annotations

from clients.feeds import services
from crm.organisation.models import Unit
from tests.clients.feeds.loading import LoadFeed, figures, reasons
from tests.factories.units import DepartmentFactory, HeadquartersFactory, RegionFactory

FULL = "branch_code,name,region,province,city,phone,email\n"


def test_branch_with_everything(load: LoadFeed) -> None:
    headquarters = HeadquartersFactory()
    load("branches", FULL + "B001,上海徐汇营业部,华东分公司,上海市,上海市,021-12345678,xuhui@example.com\n")
    made = Unit.objects.get(code="B001")
    assert (made.kind, made.name, made.province, made.city) == ("branch", "上海徐汇营业部", "上海市", "上海市")
    assert (made.phone, made.email, made.is_active) == ("021-12345678", "xuhui@example.com", True)
    assert made.parent is not None
    assert (made.parent.kind, made.parent.name, made.parent.code) == ("region", "华东分公司", "华东分公司")
    assert made.parent.parent == headquarters


def test_region_is_made_once_for_all_its_branches(load: LoadFeed) -> None:
    load("branches", FULL + "B1,一,华东,,,,\nB2,二,华东,,,,\nB3,三,华南,,,,\n")
    load("branches", FULL + "B4,四,华东,,,,\n")
    assert Unit.objects.filter(kind="region").count() == 2
    assert set(Unit.objects.get(name="华东").children.values_list("code", flat=True)) == {"B1", "B2", "B4"}


def test_region_that_exists_under_another_code_is_found_by_its_name(load: LoadFeed) -> None:
    region = RegionFactory(code="R7", name="华东分公司")
    load("branches", FULL + "B1,一,华东分公司,,,,\n")
    assert Unit.objects.get(code="B1").parent == region


def test_region_whose_name_is_a_code_of_something_else(load: LoadFeed) -> None:
    DepartmentFactory(code="East")
    load("branches", FULL + "B1,one,East,,,,\n")
    region = Unit.objects.get(kind="region")
    assert region.name == "East"
    assert region.code.startswith("region-")


def test_same_file_twice_changes_nothing(load: LoadFeed) -> None:
    text = FULL + "B1,一,华东,上海市,上海市,,\nB2,二,,,,,\n"
    assert figures(load("branches", text)) == {"rows": 2, "inserted": 2}
    assert figures(load("branches", text)) == {"rows": 2, "unchanged": 2}


def test_branch_changes_its_region(load: LoadFeed) -> None:
    load("branches", FULL + "B1,一,华东,,,,\n")
    assert figures(load("branches", FULL + "B1,一,华南,,,,\n")) == {"rows": 1, "updated": 1}
    assert Unit.objects.get(code="B1").parent == Unit.objects.get(name="华南")
    load("branches", FULL + "B1,一,,,,,\n")
    assert Unit.objects.get(code="B1").parent is None


def test_branch_without_region_column_keeps_what_it_belongs_to(load: LoadFeed) -> None:
    load("branches", FULL + "B1,一,华东,上海市,,,\n")
    assert figures(load("branches", "branch_code,name\nB1,新名\nB2,二\n")) == {"rows": 2, "inserted": 1, "updated": 1}
    unit = Unit.objects.get(code="B1")
    assert unit.parent is not None
    assert (unit.name, unit.parent.name, unit.province) == ("新名", "华东", "上海市")


def test_branch_without_region_may_belong_to_headquarters(load: LoadFeed) -> None:
    load("branches", FULL + "B1,一,,,,,\n")
    Unit.objects.filter(code="B1").update(parent=HeadquartersFactory())
    assert figures(load("branches", FULL + "B1,一,,,,,\n")) == {"rows": 1, "unchanged": 1}


def test_bad_branch_makes_no_region(load: LoadFeed) -> None:
    outcome = load("branches", FULL + f"B1,{'长' * 201},华东,,,,\n")
    assert reasons(outcome)[2] == ("name", f"“{'长' * 40}…” has 201 characters; at most 200 are expected")
    assert not Unit.objects.filter(kind="region").exists()


def test_name_of_200_characters_is_taken(load: LoadFeed) -> None:
    assert figures(load("branches", FULL + f"B1,{'长' * 200},,,,,\n")) == {"rows": 1, "inserted": 1}


def test_code_of_a_department_is_no_branch(load: LoadFeed) -> None:
    DepartmentFactory(code="D1", name="合规部")
    outcome = load("branches", FULL + "D1,一,,,,,\n")
    assert reasons(outcome)[2] == ("branch_code", "“D1” is the code of a unit that is not a branch")
    assert Unit.objects.get(code="D1").name == "合规部"


def test_dry_run_makes_no_region(load: LoadFeed) -> None:
    outcome = load("branches", FULL + "B1,一,华东,,,,\n", dry_run=True)
    assert figures(outcome) == {"rows": 1, "inserted": 1}
    assert outcome.batch is None
    assert not Unit.objects.exists()
    assert services.feed_named("branches").name == "branches"
