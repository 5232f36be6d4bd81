"""Numbers the way people write them: "两万", "2548万", "15万亿", "20,000", "7B", "32k", "eight"."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "t": 1e12,
}

# Bounded in length and begun only where no digit stands before, so that no text takes long to read.
_ARABIC = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,24})(?:\.\d{1,12})?"
_CHINESE = r"(?<![零〇一二两三四五六七八九十百千])[零〇一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千万亿]{0,20}"
_LATIN_SCALE = r"(?:thousand|million|billion|trillion|bn|mn|[kmbt])(?![a-su-z]|t(?!ok))"
NUMBER = (
    rf"(?:{_ARABIC}\s*(?:[十百千万亿]{{1,6}}|{_LATIN_SCALE})?"
    rf"|{_CHINESE}(?:点[一二三四五六七八九零]{{1,12}}[万亿]{{0,4}})?"
    rf"|半|\b(?:{'|'.join(_WORDS)}|a dozen)(?:\s+(?:thousand|million|billion|trillion))?\b)"
)


def normalise(text: str) -> str:
    """One spelling for full-width and half-width, capital and small letters; length may change, meaning does not.

    A Chinese comma parts clauses and never groups digits, so it becomes a semicolon before widths are folded.
    """
    parted = text.replace("，", " ; ").replace("、", " / ").replace("％", "%")
    plain = unicodedata.normalize("NFKC", parted).lower().replace("×", "x").replace("’", "'")
    return re.sub(r"\s+", " ", plain)


def _chinese(text: str) -> float:
    """Value of Chinese digits and multipliers, "两万三千" -> 23000; a bare digit string "二〇二六" reads digit by digit."""
    if "点" in text:
        whole, _, rest = text.partition("点")
        tail = re.sub(r"[万亿]", "", rest)
        scale = _scale(rest[len(tail) :])
        return (_chinese(whole) + float("0." + "".join(str(_DIGITS[c]) for c in tail))) * scale
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            section += (digit or (0 if section else 1) or 1) * _TENS[char]
            digit = 0
        else:
            unit, section, digit = _MYRIADS[char], 0, section + digit
            # 一亿五千万 adds to what stands before it; 十五万亿 multiplies it.
            total = total + digit * unit if digit and total > unit else (total + digit or 1) * unit
            digit = 0
    return float(min(total + section + digit, int(_LARGEST)))


def _scale(marks: str) -> float:
    if marks in _SCALES:
        return _SCALES[marks]
    factor = 1.0
    for mark in marks:
        factor *= {**_TENS, **_MYRIADS}.get(mark, 1)
    return factor


_LARGEST = 1e30  # beyond it nobody means the number


def value(text: str) -> float:
    """The number a piece matched by NUMBER stands for; absurdly large ones are held at 10^30."""
    return min(_value(text), _LARGEST)


def _value(text: str) -> float:
    text = text.strip()
    if text == "半":
        return 0.5
    if match := re.fullmatch(rf"({_ARABIC})\s*(.*)", text, re.S):
        return float(match[1].replace(",", "")) * _scale(match[2].strip())
    head, _, tail = text.partition(" ")
    if text.startswith("a dozen"):
        return 12.0
    if head in _WORDS:
        return (_WORDS.index(head) + 1) * _scale(tail.strip())
    return _chinese(text)


@cache
def pattern(template: str) -> re.Pattern[str]:
    """A compiled rule; `{n}` stands for a number and is captured, `~` for "about, at most, of, =" and the like."""
    about = (
        r"(?:\s|:|=|约为?|大约|大概|左右|平均|的|为|是|共|总|有|数|量|不超过|最多|控制在|以内|只有|"
        r"about|around|roughly|at most|up to|of|is|under|below|max|limit)*"
    )
    return re.compile(template.replace("{n}", f"({NUMBER})").replace("~", about))
