"""Any script is welcome as a name; what cannot be seen or turns the text around is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.identity.name import LONGEST, email, name
from suanshi.identity.secret import check_password, fits, hash_password
from suanshi.kit.refusal import Refusal


@pytest.mark.parametrize(
    "text", ["智算中心", "Zoë O'Neil-Åström", "Ω мир 안녕 नमस्ते", "محمد", "👩‍🔬 lab", "Robert'); DROP TABLE member;--", "<b>x</b>"]
)
def test_odd_names_are_kept_as_they_are(text: str) -> None:
    assert name(text) == text


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "a\x00b", "a\nb", "a\x7fb", "abc\u202efdp", "\ud800", "x" * (LONGEST + 1)])
def test_tricks_are_refused_with_the_field_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        name(text, "title")
    assert (refused.value.code, refused.value.where) == ("invalid", "title")


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=120))
def test_a_name_is_either_refused_or_fit_to_be_stored(text: str) -> None:
    try:
        kept = name(text)
    except Refusal as refusal:
        assert refusal.code == "invalid"
        return
    assert kept == unicodedata.normalize("NFC", kept) == name(kept)
    assert kept.strip() == kept != ""
    assert kept.encode()
    assert "\x00" not in kept


def test_two_forms_of_one_name_are_one_name() -> None:
    assert name("Zoe\u0308") == name("Zoë")


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_an_address_is_refused_or_has_one_form(text: str) -> None:
    try:
        kept = email(text)
    except Refusal as refusal:
        assert refusal.where == "email"
        return
    assert kept == email(kept)
    assert kept.count("@") == 1


def test_a_password_fits_its_own_hash_only() -> None:
    hashed = hash_password("一二三四五六七八九十")
    assert fits("一二三四五六七八九十", hashed)
    assert not fits("一二三四五六七八九九", hashed)
    assert not fits("anything at all", None)
    assert not fits("anything at all", "not a hash")
    assert hashed != hash_password("一二三四五六七八九十")


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_passwords_have_a_length(password: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_password(password)
    assert refused.value.where == "password"
