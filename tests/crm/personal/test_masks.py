from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.personal import masks


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李伟", "李**"), ("欧阳明珠", "欧**"), ("李", "李**"), (" 李伟 ", "李**"), ("John Smith", "J**"), ("", "")],
)
def test_people(name: str, masked: str) -> None:
    assert masks.mask_name(name) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("上海示例科技有限公司", "上海示例**有限公司"),
        ("TCL集团", "TC**集团"),
        ("甲公司", "甲**公司"),
        ("中国示例保险(集团)股份有限公司", "中国示例**股份有限公司"),
        ("Example Trading Co., Ltd.", "Exam**Co., Ltd."),
        ("某某工作室", "某某工作**"),
        ("公司", "公**公司"),
    ],
)
def test_institutions_keep_more(name: str, masked: str) -> None:
    assert masks.mask_name(name, institution=True) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "138****1234"),
        ("0086-13812341234", "138****1234"),
        ("021-62345678", "021****5678"),
        ("400-888-1234", "400****1234"),
        ("+852 9123 4567", "+852****4567"),
        ("62345678", "****5678"),
        ("95553", "****53"),
        ("110", "****"),
        ("", ""),
        ("n/a", ""),
    ],
)
def test_phone(phone: str, masked: str) -> None:
    assert masks.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("11010119900101123X", "1****************X"), ("E12345678", "E*******8"), ("12", "**"), ("", "")],
)
def test_id_number(number: str, masked: str) -> None:
    assert masks.mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [("zhang.wei@example.com", "z***@example.com"), ("@example.com", "***@example.com"), ("nonsense", "***"), ("", "")],
)
def test_email(email: str, masked: str) -> None:
    assert masks.mask_email(email) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("上海市浦东新区世纪大道100号", "上海市浦东新区****"),
        ("浙江省杭州市西湖区文三路1号", "浙江省杭州市西湖区****"),
        ("湖南省湘西土家族苗族自治州凤凰县某村", "湖南省湘西土家族苗族自治州凤凰县****"),
        ("广东省深圳市深南大道1号", "广东省深圳市****"),
        ("人民路12号", "人民****"),
        ("北京市朝阳区", "北京****"),
        ("", ""),
    ],
)
def test_address(address: str, masked: str) -> None:
    assert masks.mask_address(address) == masked


@given(st.text(alphabet="0123456789+- ", max_size=24))
def test_a_masked_phone_never_shows_more_than_seven_digits(phone: str) -> None:
    shown = [character for character in masks.mask_phone(phone) if character.isdigit()]
    assert len(shown) <= 7


@given(st.text(max_size=80))
def test_masks_take_any_text(text: str) -> None:
    for mask in (masks.mask_phone, masks.mask_id_number, masks.mask_email, masks.mask_address, masks.mask_name):
        assert len(mask(text)) <= 300
