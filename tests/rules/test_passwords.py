import pytest

from rules.errors import FieldFault
from rules.passwords import MAX_LENGTH, check_new


def check(password, username="supervisor", name="王小毛"):
    check_new(password, username=username, name=name)


@pytest.mark.parametrize(
    "password",
    [
        "Correct-horse9",
        "abcdefgh123!",
        "ABCDEFGH123!",
        "密碼密碼abcDEF九九",
        "Aa1" * 4,
        "Aa1!" * (MAX_LENGTH // 4),
    ],
)
def test_a_long_password_of_three_classes_passes(password):
    check(password)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "至少要12"),
        ("Correct-ho9", "至少要12"),
        ("Aa1!" * (MAX_LENGTH // 4) + "a", "最多128"),
        ("correcthorse9", "三類"),
        ("CORRECTHORSE9", "三類"),
        ("123456789012!", "三類"),
        ("Correct\0horse9", "控制字元"),
        ("My-SuperVisor-9", "帳號"),
        ("Aa9-王小毛-密碼密碼", "姓名"),
    ],
)
def test_each_weakness_is_told_in_its_own_words(password, told):
    with pytest.raises(FieldFault, match=told) as refused:
        check(password)
    assert refused.value.field == "password"
    assert not password or password not in str(refused.value)


def test_a_name_of_two_letters_bans_no_password():
    check("Solid-rocks-99", username="so", name="王九")
