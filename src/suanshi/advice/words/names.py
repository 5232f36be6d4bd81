"""Finds the cards and models a text names, in the many spellings people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

_GAP = r"[\s\-_]*"
_LEFT, _RIGHT = r"(?<![a-z0-9.])", r"(?![a-z0-9]|\.\d)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A catalogue id found at text[start:end]; `others` are ids the words would fit as well ("A100" names four)."""

    id: str
    start: int
    end: int
    others: tuple[str, ...] = ()


# Vendors and families in the words of the market; they may stand before any of the vendor's cards.
_VENDOR_WORDS = (
    r"(?:nvidia|geforce|英伟达|rtx|tesla|amd|instinct|radeon|intel|google|华为|昇腾|升腾|huawei|ascend|atlas|寒武纪|思元|"
    r"cambricon|燧原|云燧|enflame|海光|hygon|dcu|昆仑芯|昆仑|kunlunxin|kunlun|沐曦|曦云|曦思|metax|摩尔线程|mtt|"
    r"moore threads|天数智芯|天数|iluvatar|壁仞|壁砺|biren|平头哥|真武|ppu|zhenwu|至强|xeon|霄龙|epyc|鲲鹏|kunpeng|"
    r"飞腾|phytium)"
)
_PREFIXES = ("ascend", "atlas", "hygon", "enflame", "kunlun", "metax", "ppu", "mtt", "xeon", "epyc", "kunpeng", "phytium")
# Names that say a vendor's own word instead of the catalogue's, and families whose variants the catalogue tells apart.
_CARD_ALIASES = {
    "天垓100": "bi-v100",
    "天垓150": "bi-v150",
    "智铠100": "mr-v100",
    "思元590": "mlu590",
    "壁砺106m": "br106m",
    "壁砺166": "br106m",
    "910b": "ascend-910b3",
    "昇腾910": "ascend-910b3",
    "310p": "ascend-310p3",
    "mlu370": "mlu370-x8",
    "v100": "v100-sxm-32g",
    "gb200 nvl72": "gb200",
}
_PREFERRED_FORM = ("sxm", "pcie", "nvl")


@cache
def _card_rules(ids: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """One rule a root ("a100", "h20", "k100-ai"), longest first, with every id of that root."""
    roots: dict[str, list[str]] = {}
    for id_ in ids:
        roots.setdefault(_root(id_), []).append(id_)
    for alias, id_ in _CARD_ALIASES.items():
        if id_ in ids:
            like = [i for i in ids if i.startswith(id_.rstrip("0123456789"))] if alias == "910b" else [id_]
            roots.setdefault(alias, []).extend([id_, *(i for i in like if i != id_)])
    tail = rf"(?P<tail>(?:{_GAP}(?:sxm\d?|pcie|nvl|oam|\d+{_GAP}g(?:i?b)?(?![a-z0-9])))*)"
    return tuple(
        (re.compile(rf"{_prefix(root)}{_spelling(root)}{tail}(?:{_GAP}\(pcie\))?s?{_RIGHT}"), tuple(found))
        for root, found in sorted(roots.items(), key=lambda item: -len(item[0]))
    )


def _root(id_: str) -> str:
    parts = id_.split("-")
    if parts[0] in _PREFIXES:
        parts = parts[1:]
    kept = [p for i, p in enumerate(parts) if i == 0 or not re.fullmatch(r"sxm|pcie|nvl|oam|\d+g", p)]
    return "-".join(kept)


def _prefix(root: str) -> str:
    # "920", "8480" or "310" alone are just numbers; such a root needs its vendor's word before it.
    return rf"(?:{_LEFT}|(?<=[块卡张]))(?:{_VENDOR_WORDS}{_GAP})" + ("+" if re.fullmatch(r"[\d\-]+|300i.*", root) else "*")


def _spelling(root: str) -> str:
    if match := re.fullmatch(r"(rtx|rx)(\d{4})(.*)", root):
        brand = rf"(?:{match[1]}{_GAP})?" if match[2] in _BARE_NUMBERS else rf"{match[1]}{_GAP}"
        return brand + match[2] + (_GAP + re.escape(match[3]) if match[3] else "")
    return _GAP.join(re.escape(part) for part in re.split(r"[-\s]|(?<=gaudi)", root) if part)


_BARE_NUMBERS = ("3070", "3080", "3090", "4070", "4080", "4090", "5090")


def cards(text: str, ids: Iterable[str]) -> list[Mention]:
    """Accelerators named in normalised `text`, in order of appearance."""
    found: list[Mention] = []
    for rule, candidates in _card_rules(tuple(ids)):
        for match in rule.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found) or _is_a_count(text, match):
                continue
            found.append(_choose(match, candidates))
    return sorted(found, key=lambda m: m.start)


def _is_a_count(text: str, match: re.Match[str]) -> bool:
    """ "4090条数据" is a count of records, not a card."""
    return match[0].strip().isdigit() and bool(
        re.match(r"\s*(?:条|个|元|token|次|samples|images|万|千|yuan|步|steps)", text[match.end() :])
    )


def _choose(match: re.Match[str], candidates: tuple[str, ...]) -> Mention:
    """The candidate that agrees with what the words say of form and memory; what they leave open is in `others`."""
    tail = match["tail"]
    agreeing = list(candidates)
    if memory := re.search(r"(\d+)\s*g", tail):
        stated = [c for c in agreeing if f"-{memory[1]}g" in c]
        agreeing = stated or [c for c in agreeing if not re.search(r"-\d+g$", c)] or agreeing
    for form in re.findall(r"sxm|pcie|nvl|oam", match[0]):
        agreeing = [c for c in agreeing if form in c] or agreeing
    best = min(agreeing, key=lambda c: (_rank(c), agreeing.index(c)))
    return Mention(best, match.start(), match.end(), tuple(c for c in agreeing if c != best))


def _rank(id_: str) -> int:
    return next((i for i, form in enumerate(_PREFERRED_FORM) if form in id_), 0)


_VENDORS = {
    "Huawei": r"昇腾|升腾|华为|ascend|huawei",
    "Cambricon": r"寒武纪|思元|cambricon",
    "Enflame": r"燧原|云燧|enflame",
    "Hygon": r"海光|hygon",
    "Kunlunxin": r"昆仑芯|kunlunxin",
    "MetaX": r"沐曦|曦云|metax",
    "Moore Threads": r"摩尔线程|moore threads",
    "Iluvatar": r"天数智芯|天数|天垓|iluvatar",
    "Biren": r"壁仞|biren",
    "T-Head (Alibaba)": r"平头哥|真武|t-head",
    "NVIDIA": r"英伟达|nvidia",
    "AMD": r"\bamd\b",
}


def vendors(text: str) -> tuple[str, ...]:
    """Vendors named in normalised `text`, as the catalogue spells them."""
    return tuple(vendor for vendor, rule in _VENDORS.items() if re.search(rule, text))


# Names whose architecture is one of the catalogue's under another label, and words people use for a model.
_MODEL_ALIASES = {
    "llama3.1-8b": "llama3-8b",
    "llama3.1-70b": "llama3-70b",
    "llama3.3-70b": "llama3-70b",
    "llama-2-70b": "llama2-70b",
    "deepseek-v3.1": "deepseek-v3",
    "deepseek-v3.2": "deepseek-v3",
    "deepseek-v3-0324": "deepseek-v3",
    "deepseek-r1-0528": "deepseek-r1",
    "满血deepseek": "deepseek-r1",
    "deepseek满血版": "deepseek-r1",
    "满血版deepseek": "deepseek-r1",
    "deepseek": "deepseek-v3",
    "chatglm2-6b": "glm2-6b",
    "qwen3-235b": "qwen3-235b-a22b",
    "qwen3-30b": "qwen3-30b-a3b",
    "qwen3-next-80b": "qwen3-next-80b-a3b",
    "mixtral": "mixtral-8x7b",
    "百川2-7b": "baichuan2-7b",
    "百川2-13b": "baichuan2-13b",
    "gpt-3": "gpt3-175b",
}
_FAMILY_WORDS = {"qwen": "(?:qwen|通义千问|千问)", "internlm": "(?:internlm|书生)", "glm": "(?:chatglm|glm)"}
_DISTILLED = re.compile(rf"(?:deepseek{_GAP}r1{_GAP})?distill(?:ed)?{_GAP}(?:qwen|llama)?[\d.]*{_GAP}")


@cache
def _model_rules(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    spellings = {**{name: name for name in names}, **{a: n for a, n in _MODEL_ALIASES.items() if n in names}}
    return tuple(
        (re.compile(rf"{_LEFT}{_model_spelling(said)}(?:{_GAP}(?:instruct|chat|base|it|hf))*{_RIGHT}"), name)
        for said, name in sorted(spellings.items(), key=lambda item: -len(item[0]))
    )


def _model_spelling(name: str) -> str:
    chunks = re.findall(r"\d+(?:\.\d+)?|[a-z]+|[一-鿿]+", name)
    return _GAP.join(_FAMILY_WORDS.get(chunk, re.escape(chunk)) for chunk in chunks)


def language_models(text: str, names: Iterable[str]) -> list[Mention]:
    """Language models named in normalised `text`; "deepseek-r1-distill-qwen-7b" is not taken for the 671B original."""
    distilled = [(m.start(), m.end()) for m in _DISTILLED.finditer(text)]
    found: list[Mention] = []
    for rule, name in _model_rules(tuple(names)):
        for match in rule.finditer(text):
            taken = any(m.start < match.end() and match.start() < m.end for m in found)
            if not taken and not any(a < match.end() and match.start() < b for a, b in distilled):
                found.append(Mention(name, match.start(), match.end()))
    return sorted(found, key=lambda m: m.start)


@dataclass(frozen=True, slots=True)
class Network:
    """A network other than a language model: forward GFLOP per sample and parameters, each with its source."""

    name: str
    gflop: float
    parameters: float
    source: str


_NETWORKS: Mapping[str, Network] = {
    rule: Network(*facts)
    for rule, facts in {
        r"resnet[\s\-_]*50": ("resnet50", 8.2, 25.6e6, "MLPerf Inference; He et al. 2015"),
        r"resnet[\s\-_]*18": ("resnet18", 3.6, 11.7e6, "He et al. 2015, table 1 (1.8 G multiply-adds)"),
        r"resnet[\s\-_]*101": ("resnet101", 15.2, 44.5e6, "He et al. 2015, table 1 (7.6 G multiply-adds)"),
        r"bert[\s\-_]*large": ("bert-large", 257.0, 340e6, "MLPerf Inference, SQuAD at 384 tokens"),
        r"bert(?:[\s\-_]*base)?": ("bert-base", 65.0, 110e6, "BERT-large scaled by parameters outside embeddings"),
        r"vit(?:[\s\-_]*b(?:ase)?)?(?:[\s/\-_]*16)?": ("vit-b16", 35.2, 86e6, "Dosovitskiy et al. 2020 (17.6 G multiply-adds)"),
        r"yolo[\s\-_]*v?(?:\d+)?[nsmlx]?": ("yolov8m", 78.9, 25.9e6, "Ultralytics YOLOv8 table, 640 px"),
        r"retinanet": ("retinanet", 300.0, 37e6, "MLPerf Inference ResNeXt50 at 800 px, rounded"),
        r"sdxl|stable[\s\-_]*diffusion[\s\-_]*xl": ("sdxl", 240_000.0, 3.5e9, "MLPerf Inference, 20 steps, rounded"),
        r"u[\s\-]?net": ("unet", 110.0, 31e6, "Ronneberger et al. 2015 at 512 px, rounded"),
    }.items()
}


def networks(text: str) -> list[tuple[Network, int, int]]:
    """Other networks named in normalised `text`, the longest spelling first where two overlap."""
    found: list[tuple[Network, int, int]] = []
    for rule, network in _NETWORKS.items():
        for match in re.finditer(rf"{_LEFT}(?:{rule}){_RIGHT}", text):
            if not any(a < match.end() and match.start() < b for _, a, b in found):
                found.append((network, match.start(), match.end()))
    return sorted(found, key=lambda item: item[1])


def network(name: str) -> Network:
    """A network of the list by its own name, for texts that only say what it is to do ("classify images")."""
    return next(n for n in _NETWORKS.values() if n.name == name)
