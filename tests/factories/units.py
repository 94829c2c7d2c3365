"""Headquarters, departments, regional offices and branches."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from crm.organisation.choices import UnitKind
from crm.organisation.models import Unit


class UnitFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = Unit

    kind = UnitKind.BRANCH
    code = factory.Sequence(lambda n: f"U{n:04d}")
    name = factory.Sequence(lambda n: f"第{n}营业部")
    city = "上海市"


class HeadquartersFactory(UnitFactory):
    """The headquarters: one a test, however often it is asked for."""

    class Meta:
        django_get_or_create = ("code",)

    kind = UnitKind.HEADQUARTERS
    code = "HQ"
    name = "示例证券总部"


class DepartmentFactory(UnitFactory):
    kind = UnitKind.DEPARTMENT
    name = factory.Sequence(lambda n: f"第{n}部门")
    parent = factory.SubFactory(HeadquartersFactory)


class RegionFactory(UnitFactory):
    kind = UnitKind.REGION
    name = factory.Sequence(lambda n: f"第{n}分公司")
    parent = factory.SubFactory(HeadquartersFactory)


class BranchFactory(UnitFactory):
    """A branch with a regional office of its own; `parent=region` puts it under another."""

    parent = factory.SubFactory(RegionFactory)


def branch(**fields: Any) -> Unit:
    """A branch, typed."""
    made: Unit = BranchFactory(**fields)
    return made
