"""What is wrong with a field, said in both languages, from what the validator found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suanshi.kit.refusal import Text

_SENTENCES: dict[str, Text] = {
    "missing": Text("必须提供", "is required"),
    "extra_forbidden": Text("未知字段", "is not a field of this request"),
    "int_type": Text("应为整数", "must be a whole number"),
    "int_parsing": Text("应为整数", "must be a whole number"),
    "int_parsing_size": Text("数值过大", "is too large"),
    "int_from_float": Text("应为整数", "must be a whole number"),
    "float_type": Text("应为数字", "must be a number"),
    "finite_number": Text("应为有限的数", "must be a finite number"),
    "string_type": Text("应为字符串", "must be text"),
    "string_unicode": Text("含有无法使用的字符", "holds a character that cannot be used"),
    "bool_type": Text("应为 true 或 false", "must be true or false"),
    "bool_parsing": Text("应为 true 或 false", "must be true or false"),
    "list_type": Text("应为数组", "must be a list"),
    "dict_type": Text("应为对象", "must be an object"),
    "model_type": Text("应为对象", "must be an object"),
    "model_attributes_type": Text("应为 JSON 对象", "must be a JSON object, sent as application/json"),
    "date_parsing": Text("应为日期（年-月-日）", "must be a date (year-month-day)"),
    "date_from_datetime_parsing": Text("应为日期（年-月-日）", "must be a date (year-month-day)"),
    "greater_than_equal": Text("不得小于 {ge}", "must be at least {ge}"),
    "greater_than": Text("必须大于 {gt}", "must be above {gt}"),
    "less_than_equal": Text("不得大于 {le}", "must be at most {le}"),
    "string_too_short": Text("至少 {min_length} 个字符", "must have at least {min_length} characters"),
    "string_too_long": Text("最多 {max_length} 个字符", "must have at most {max_length} characters"),
    "string_pattern_mismatch": Text("格式不对，应符合 {pattern}", "has the wrong form; it must match {pattern}"),
    "too_short": Text("至少 {min_length} 项", "must have at least {min_length} entries"),
    "too_long": Text("最多 {max_length} 项", "must have at most {max_length} entries"),
    "literal_error": Text("应为 {expected} 之一", "must be one of {expected}"),
    "enum": Text("应为 {expected} 之一", "must be one of {expected}"),
    "union_tag_invalid": Text("应为 {expected_tags} 之一", "must be one of {expected_tags}"),
    "union_tag_not_found": Text("缺少 kind", "must say its kind"),
}


def wording(error: Mapping[str, Any]) -> Text:
    """The sentence for one of pydantic's errors; its own English words where we have none."""
    sentence = _SENTENCES.get(error["type"])
    if sentence is None:
        said = str(error["msg"]).removeprefix("Value error, ")
        return Text(f"不符合要求（{said}）", said)
    values = error.get("ctx", {})
    in_zh = {name: value.replace(" or ", "、") if isinstance(value, str) else value for name, value in values.items()}
    return Text(sentence.zh.format(**in_zh), sentence.en.format(**values))


def field_of(location: Sequence[int | str]) -> str:
    """`job.inputs[0].name` from pydantic's location, without the part of the request it stands in."""
    names = [part for part in location[1:] if part != "[key]"]
    if len(names) > 1 and names[0] == "job" and names[1] in ("command", "script"):
        del names[1]  # the validator's name for the kind of job, not a field
    if not names:
        return "body" if not location or location[0] == "body" else str(location[-1])
    text = ""
    for part in names:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
