"""The form of a workload as plain fields: what a page fills in, an API sends and a parsed sentence is shown as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from suanshi.advice.config import from_config
from suanshi.advice.model import ModelFacts, find, from_parameters
from suanshi.advice.workload import Batch, Embeddings, Hpc, Method, OtherDeepLearning, Serving, Training, Workload
from suanshi.kit.refusal import invalid

KINDS: dict[str, type[Workload]] = {
    "training": Training,
    "serving": Serving,
    "batch": Batch,
    "embeddings": Embeddings,
    "deep_learning": OtherDeepLearning,
    "hpc": Hpc,
}
_MOST = 1e24  # beyond it no quantity of a form is meant


def to_form(work: Workload) -> dict[str, Any]:
    """The fields of a workload with its `kind`; a model is its name, with `total_b` and `active_b` in billions."""
    kind = next(name for name, type_ in KINDS.items() if isinstance(work, type_))
    form: dict[str, Any] = {"kind": kind}
    for field in fields(work):
        value = getattr(work, field.name)
        if isinstance(value, ModelFacts):
            form |= {"model": value.name, "total_b": value.total / 1e9, "active_b": value.active / 1e9}
        else:
            form[field.name] = value
    return form


def from_form(form: Mapping[str, Any]) -> Workload:
    """The workload a form describes. Refuses unknown kinds, fields and models, and values that cannot be.

    The model is found by `model`, described by `config` (a parsed config.json), or taken as typical of `total_b`.
    """
    kind = KINDS.get(str(form.get("kind")))
    if kind is None:
        raise invalid("kind", f"应为 {'、'.join(KINDS)} 之一", f"must be one of {', '.join(KINDS)}")
    known = {field.name for field in fields(kind)}
    extra = form.keys() - known - {"kind", "total_b", "active_b", "config"}
    if extra:
        name = min(map(str, extra))
        raise invalid(name, "没有这个字段", "there is no such field")
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name == "model":
            values["model"] = _model(form)
        elif form.get(field.name) is not None:
            values[field.name] = _value(field.name, str(field.type), form[field.name])
        elif field.default is MISSING:
            raise invalid(field.name, "必须填写", "must be given")
    return kind(**values)


def _model(form: Mapping[str, Any]) -> ModelFacts:
    name, config, total = str(form.get("model") or ""), form.get("config"), form.get("total_b")
    if isinstance(config, Mapping):
        return from_config(config, name)
    if total is not None and (not name or name == _typical_name(form)):
        active = form.get("active_b")
        return from_parameters(_number("total_b", total), None if active is None else _number("active_b", active), name)
    if not name:
        raise invalid("model", "请填写模型名称、参数量或 config.json", "give a model's name, its size or its config.json")
    return find(name)


def _typical_name(form: Mapping[str, Any]) -> str:
    """The name a model known by its size alone was given ("7B", "30B-A3B")."""
    total, active = _number("total_b", form["total_b"]), form.get("active_b")
    sparse = active is not None and _number("active_b", active) < total
    return f"{total:g}B" + (f"-A{_number('active_b', active):g}B" if sparse else "")


def _value(name: str, type_: str, value: Any) -> Any:
    if name == "method":
        if value not in get_args(Method):
            raise invalid(name, f"应为 {'、'.join(get_args(Method))} 之一", f"must be one of {', '.join(get_args(Method))}")
        return value
    if "str" in type_:
        return str(value)[:100]
    if "bool" in type_:
        return bool(value)
    number = _number(name, value)
    return int(number) if "int" in type_ else number


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    may_be_zero = name in ("bytes", "memory_bytes", "exchanged_bytes", "parameters", "osl")
    if not (0 <= number <= _MOST) or (number == 0 and not may_be_zero):
        raise invalid(name, "须为正数", "must be a positive number")
    return number
