"""What a text literally says, before anything is assumed: every number with its meaning, every name, every wish."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from suanshi.advice.words.deadline import Deadline, deadlines, seconds
from suanshi.advice.words.names import Mention, Network, cards, language_models, networks, vendors
from suanshi.advice.words.numerals import normalise, pattern, value

CARD, MODEL, NETWORK, PRECISION, TAKEN = "¤", "§", "¶", "ƒ", "\0"

_UNIT = {"ms": 1.0, "毫秒": 1.0, "s": 1000.0, "秒": 1000.0}
_ITEMS = (
    r"(?:条|份|组|个样本|个例子|个问答|对问答|samples?|examples?|records?|rows|instructions?|pairs|conversations|"
    r"样本|指令|问答对|数据|张图像?|幅图像?|张?图片|张?照片|个?视频|图像|images?|pictures?|photos?|scans?|篇|句|文档|文章|文本|"
    r"documents?|texts?|articles?|sentences?|prompts?|(?:个|次|条)?(?:提示词|请求))"
)
# Field and rule in order; what one rule reads, a later one cannot read again.
_NUMBERS: tuple[tuple[str, str], ...] = (
    ("tokens_per_day", r"(?:每天|每日|日均|一天)[^;。\d一二三四五六七八九十两百千万]{0,10}{n}\s*(?:个)?\s*tokens?"),
    ("tokens_per_day", r"{n}\s*tokens?\s*(?:per|a|/|each|every)\s*(?:day|天|日)"),
    (
        "requests_per_day",
        r"(?:每天|每日|日均|一天)[^;。\d一二三四五六七八九十两百千万]{0,10}{n}\s*(?:次|个|条|篇)?\s*"
        r"(?:请求|调用|问答|对话|访问|提问|pv|次|requests?|calls?)",
    ),
    ("requests_per_day", r"{n}\s*(?:requests?|calls?|queries|chats?|conversations?)\s*(?:per|a|/|each|every)\s*day"),
    ("requests_per_day", r"{n}\s*次?\s*/\s*(?:天|日)"),
    ("qps", r"(?:qps|rps)~{n}"),
    ("qps", r"{n}\s*(?:qps|rps|requests? (?:per|a) second|req/s|次/秒|次每秒)"),
    ("peak_factor", r"(?:峰值|高峰|peak)[^;。\d]{0,8}{n}\s*(?:倍|x|times)"),
    ("micro_batch", r"micro[\s_\-]*batch(?:[\s_\-]*size)?~{n}"),
    ("global_batch", r"(?:global[\s_\-]*batch(?:[\s_\-]*size)?|全局批(?:大小|量)?)~{n}"),
    ("batch", r"(?:batch(?:[\s_\-]*size)?|批大小|批量大小)~{n}"),
    ("concurrency", r"(?:并发数?|concurrency)~{n}"),
    ("concurrency", r"{n}\s*(?:个|路|人)?\s*(?:并发|concurrent|同时(?:使用|在线))"),
    ("out_tokens", r"{n}\s*(?:个)?\s*(?:输出|生成|output)\s*tokens?"),
    ("in_tokens", r"{n}\s*(?:个)?\s*(?:输入|提示|input|prompt)\s*tokens?"),
    ("isl", r"(?:输入长?度?|提示词?|prompts?|inputs?|问题)~{n}"),
    ("osl", r"(?:输出长?度?|回答|答案|outputs?|answers?|completions?|replies|生成长?度?)~{n}"),
    ("context", r"(?:序列长?度?|上下文长?度?|seq(?:uence)?(?:[\s_\-]*len(?:gth)?)?|context(?:[\s_\-]*(?:length|window))?)~{n}"),
    ("context", r"{n}\s*(?:的|个)?\s*(?:token)?s?\s*(?:上下文|context|序列)"),
    ("sample_tokens", r"(?:每条|平均每条|每个样本|每篇|每份)(?:数据|样本|文本)?~{n}\s*(?:个)?(?:tokens?|字)"),
    ("sample_tokens", r"{n}\s*tokens?\s*(?:each|per (?:sample|example|record|document|text)|apiece|/条|每条)"),
    ("epochs", r"{n}\s*(?:个)?\s*(?:轮|epochs?|遍|passes)"),
    ("epochs", r"epochs?~{n}"),
    ("tokens", r"{n}\s*(?:个)?\s*tokens?"),
    ("tokens", r"tokens?\s*(?:总)?数?~{n}"),
    ("params", r"{n}\s*(?:个)?\s*(?:参数|parameters?|params)"),
    ("samples", r"{n}\s*(?:labell?ed |training |medical |test )?" + _ITEMS),
    ("core_hours", r"{n}\s*(?:个)?\s*(?:核时|核小时|core[\s\-]*hours?|cpu[\s\-]*hours?)"),
    ("ranks", r"{n}\s*(?:个)?\s*(?:mpi\s*)?(?:ranks?|进程)"),
    ("cores", r"{n}\s*(?:个)?\s*(?:核|cores?|vcpus?|cpus?)"),
    ("image_px", r"{n}\s*(?:像素|px|pixels)"),
)
_TASKS: tuple[tuple[str, str], ...] = (
    ("qlora", r"q-?lora|4\s*-?\s*bit\s*lora"),
    ("lora", r"(?<!q)(?<!q-)lora|低秩"),
    ("full_ft", r"全参(?:数|量)?(?:微调|训练)?|全量微调|full[\s\-]*(?:parameter\s*)?(?:fine[\s\-]*tun|ft|sft)"),
    (
        "pretrain",
        r"(?<!已)预训练(?!模型|的)|从头(?:开始)?训练?|从零训练|续训|继续预训练|"
        r"pre[\s\-]*train(?:ing)?(?!ed)|from scratch|continued training",
    ),
    ("tune", r"微调|精调|fine[\s\-]*tun|finetun|\bsft\b|训一个自己的|定制"),
    ("embed", r"向量化|嵌入|embedding|\bembed\b|建索引|知识库入库"),
    (
        "hpc",
        r"仿真|\bcfd\b|分子动力学|openfoam|gromacs|lammps|\bvasp\b|\bmpi\b|有限元|数值模拟|气象|"
        r"simulat|molecular dynamics|finite element|\bhpc\b|双精度",
    ),
    ("batch", r"离线|批量|批处理|\boffline\b|batch (?:inference|job|process|generat|translat|summar)|一次性(?:处理|推理|生成)"),
    (
        "serve",
        r"部署|上线|在线|推理服务|聊天|客服|问答|对话机器人|\bapi\b|serv(?:e|ing)\b|deploy|chatbot|endpoint|host(?:ing)?\b|online|assistant",
    ),
    ("infer", r"推理|inference|\binfer\b|跑(?!分)|运行|\brun\b"),
    ("train", r"训练|训(?:个|一个)|\btrain"),
)
_PRECISIONS = (
    (r"q4_k_m|q4_0|q4_1", "int4", 4.5),
    (r"q8_0", "int8", 8.5),
    (r"bf16", "bf16", 16.0),
    (r"fp16|f16|半精度|half precision", "fp16", 16.0),
    (r"fp8", "fp8", 8.0),
    (r"fp4|nvfp4|mxfp4", "fp4", 4.0),
    (r"int8|w8a8|8\s*-?\s*(?:bit|比特|位)", "int8", 8.0),
    (r"int4|w4a16|awq|gptq|4\s*-?\s*(?:bit|比特|位)", "int4", 4.0),
    (r"tf32", "tf32", 32.0),
    (r"fp32|f32|单精度|single precision", "fp32", 32.0),
    (r"fp64|f64|双精度|double precision", "fp64", 64.0),
)
_ENGINES = (
    r"vllm|sglang|tensorrt[\s\-]?llm|trtllm|llama\.cpp|mindie|lmdeploy|transformers|chitu|megatron|deepspeed|torchtune|"
    r"nemo|mindspeed|ollama"
)


@dataclass(frozen=True, slots=True)
class Said:
    """Facts of one text. `numbers` maps a field to every value given for it, in order: two values are a contradiction."""

    text: str
    chinese: bool
    tasks: tuple[str, ...] = ()
    models: tuple[Mention, ...] = ()
    networks: tuple[Network, ...] = ()
    sizes: tuple[tuple[float, float | None], ...] = ()  # (total, active) parameters, in billions
    cards: tuple[Mention, ...] = ()
    counts: tuple[float, ...] = ()  # of cards; below one a share of a card
    share: float | None = None
    slice_gib: float | None = None
    card_choices: tuple[int, ...] = ()
    precisions: tuple[tuple[str, float], ...] = ()
    engine: str = ""
    layout: dict[str, int] = field(default_factory=dict)
    zero: int | None = None
    act_ckpt: bool | None = None
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    budgets: tuple[tuple[float, str, str], ...] = ()  # (amount, currency, per: "", "hour", "card-hour", "day" or "month")
    deadlines: tuple[Deadline, ...] = ()
    rent_seconds: float | None = None
    unknown_cards: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()  # named where no card of theirs is

    def number(self, name: str) -> float | None:
        return self.numbers.get(name, (None,))[0]


class _Page:
    """The text while it is read: a passage once understood is covered, so that nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text

    def cover(self, start: int, end: int, mark: str = TAKEN) -> None:
        self.text = self.text[:start] + mark * (end - start) + self.text[end:]

    def take(self, rule: str) -> list[re.Match[str]]:
        found = list(pattern(rule).finditer(self.text))
        for match in found:
            self.cover(match.start(), match.end())
        return found


def read(text: str, now: datetime, card_ids: Iterable[str], model_names: Iterable[str]) -> Said:
    """The facts of `text`; a text that says nothing gives a Said full of nothing. Never raises."""
    plain = normalise(text[:4000])
    page = _Page(plain)
    found_cards = cards(page.text, card_ids)
    share, slice_gib = _slice(page)
    for mention in found_cards:
        page.cover(mention.start, mention.end, CARD)
    models = language_models(page.text, model_names)
    for mention in models:
        page.cover(mention.start, mention.end, MODEL)
    others = networks(page.text)
    for _, start, end in others:
        page.cover(start, end, NETWORK)
    engine = page.take(rf"({_ENGINES})(?:[\s\-]*v?(\d+(?:\.\w+)+))?")
    precisions = _precisions(page)
    layout = {m[1]: int(m[2]) for m in page.take(r"(?<![a-z])(tp|pp|dp|ep)\s*[=:]?\s*(\d{1,4})(?!\d)")}
    zero = _zero(page)
    budgets = _budgets(page)
    choices = _choices(page)
    when = deadlines(page.text, now)
    for deadline in when:
        page.cover(deadline.start, deadline.end)
    limits = _latency(page)
    numbers = {**_numbers(page), **limits}
    sizes = (*_sizes(page), *((n / 1e9, None) for n in numbers.pop("params", ())))
    counts = _counts(page)
    unknown = tuple(m[1] for m in re.finditer(r"(?:张|块|片)\s*([a-z]{1,6}[\-\s]?\d{2,4}[a-z]{0,3})(?![a-z0-9])", page.text))
    return Said(
        text=plain,
        chinese=bool(re.search(r"[一-鿿]", text)),
        tasks=tuple(task for task, rule in _TASKS if re.search(rule, plain)),
        models=_unique(models),
        networks=tuple(dict.fromkeys(n for n, _, _ in others)),
        sizes=sizes,
        cards=_unique(found_cards),
        counts=counts,
        share=share,
        slice_gib=slice_gib,
        card_choices=choices,
        precisions=precisions,
        engine=" ".join(part for part in engine[0].groups() if part) if engine else "",
        layout=layout,
        zero=zero,
        act_ckpt=_checkpointing(plain),
        numbers=numbers,
        budgets=budgets,
        deadlines=tuple(when),
        rent_seconds=_rent(page),
        unknown_cards=unknown,
        vendors=vendors(page.text),
    )


def _unique(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    return tuple({m.id: m for m in reversed(list(mentions))}.values())[::-1]


def _slice(page: _Page) -> tuple[float | None, float | None]:
    """A part of a card: MIG profiles ("1g.10gb" is a seventh), "1/7切片", "半张", "a quarter of"."""
    share = gib = None
    for match in page.take(r"(?<![a-z0-9])([1-7])g\.(\d+)gb"):
        share, gib = int(match[1]) / 7, float(match[2])
    for match in page.take(r"(?<![\d/])1\s*/\s*([2-9]|1[0-6])(?![\d/])(?:\s*(?:切片|张卡?|块|卡|slice|of))?"):
        share = share or 1 / int(match[1])
    for match in page.take(r"([二三四五六七八])分之一|半\s*(?:张|块)|half an?\b|a quarter of"):
        words = {"二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
        share = share or (1 / words[match[1]] if match[1] else 1 / 4 if "quarter" in match[0] else 1 / 2)
    return share, gib


def _precisions(page: _Page) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for rule, name, bits in _PRECISIONS:
        for match in list(re.finditer(rf"(?<![a-z0-9])(?:{rule})(?![a-z0-9])", page.text)):
            page.cover(match.start(), match.end(), PRECISION)
            found.setdefault(name, bits)
    return tuple(found.items())


def _zero(page: _Page) -> int | None:
    if match := page.take(r"zero[\s\-]*(?:stage\s*)?([0-3])"):
        return int(match[0][1])
    if re.search(r"不分片优化器|不切分优化器|纯数据并行|without shard|unsharded|\bddp\b", page.text):
        return 0
    return 3 if re.search(r"fsdp|全分片|fully sharded", page.text) else None


def _checkpointing(text: str) -> bool | None:
    if match := re.search(r"(不|无|关闭|no |without )?(?:全?重计算|激活检查点|(?:gradient|activation)[\s\-]*checkpoint)", text):
        return match[1] is None
    return None


def _budgets(page: _Page) -> tuple[tuple[float, str, str], ...]:
    """Amounts of money, each with what it is per; "预算500" without a unit is yuan."""
    per = r"\s*(?:(?:/|每|per|an?)\s*(卡时|card[\s\-]*hour|小时|h\b|hour|天|日|day|月|month))?"
    before = r"(?:(每卡时|每小时|每天|每月|hourly|daily|monthly)[^;。\d]{0,6}?)?"
    money = r"(?:元|块钱|块(?!\s*¤)|人民币|rmb|cny|yuan)"
    rules = (
        (rf"{before}[¥￥]\s*{{n}}(?:\s*{money})?{per}", "CNY"),
        (rf"{before}(?:预算|budget|花费|成本|费用)~{{n}}(?:\s*{money})?(?!\s*(?:usd|美元|dollars?)){per}", "CNY"),
        (rf"{before}{{n}}\s*{money}{per}", "CNY"),
        (rf"{before}(?:预算|budget)?~\$\s*{{n}}{per}", "USD"),
        (rf"{before}{{n}}\s*(?:美元|美金|usd|dollars?){per}", "USD"),
    )
    found = []
    for rule, currency in rules:
        for match in page.take(rule):
            found.append((value(match[2]), currency, _per(match[1] or match[3] or "")))
    if not found and re.search(r"(?:零|没有|无)预算|(?:no|zero) budget|免费|for free", page.text):
        found.append((0.0, "CNY", ""))
    return tuple(found)


def _per(words: str) -> str:
    rules = (("卡时|card", "card-hour"), ("小时|hour|^h", "hour"), ("天|日|day|dai", "day"), ("月|month", "month"))
    return next((name for rule, name in rules if re.search(rule, words)), "")


def _choices(page: _Page) -> tuple[int, ...]:
    if match := page.take(r"(?:从|from|in|of)?\s*\{\s*(\d{1,4}(?:\s*[,/;]\s*\d{1,4})+)\s*\}"):
        return tuple(sorted({int(n) for n in re.findall(r"\d+", match[0][1])} - {0}))
    return tuple(2**i for i in range(11)) if re.search(r"2\s*的幂|powers? of (?:two|2)", page.text) else ()


def _latency(page: _Page) -> dict[str, tuple[float, ...]]:
    rules = {
        "ttft_ms": r"(?:ttft|首token|首字|首包)[^;。\d]{0,12}{n}\s*(ms|毫秒|s|秒)",
        "tpot_ms": r"(?:tpot|itl|每个?token|每字)[^;。\d]{0,12}{n}\s*(ms|毫秒|s|秒)",
    }
    found = {name: page.take(rule) for name, rule in rules.items()}
    return {name: tuple(value(m[1]) * _UNIT[m[2]] for m in matches) for name, matches in found.items() if matches}


def _numbers(page: _Page) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for name, rule in _NUMBERS:
        values = tuple(value(match[1]) for match in page.take(rule))
        if values:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
    if re.search(r"单用户|single[\s\-]user|一个人用", page.text):
        found.setdefault("concurrency", (1.0,))
    return found


def _sizes(page: _Page) -> tuple[tuple[float, float | None], ...]:
    """ "7B", "70亿" before 模型, "30B-A3B"."""
    sizes: dict[float, float | None] = {}
    for match in page.take(r"(?<![a-z0-9.])(?:[a-z]+[\d.]*-)*?(\d+(?:\.\d+)?)\s*b(?:[\s\-]*a(\d+(?:\.\d+)?)b)?(?![a-z0-9])"):
        sizes[float(match[1])] = float(match[2]) if match[2] else None
    for match in page.take(r"{n}(?:级)?(?:的)?\s*(?:大?模型|参数)"):
        if value(match[1]) >= 1e7:
            sizes[value(match[1]) / 1e9] = None
    return tuple(sizes.items())


def _counts(page: _Page) -> tuple[float, ...]:
    """How many cards: "8张§", "4090 x 2", "4卡", "eight GPUs"."""
    rules = (
        rf"{{n}}\s*(?:张|块|片|卡|个|枚|x|\*)?\s*(?={CARD})",
        rf"(?<={CARD})\s*[x*]\s*{{n}}(?!\s*(?:条|tokens?|个))",
        r"{n}\s*(?:张|块|枚)?\s*(?:国产)?\s*(?:显卡|gpus?|cards?|卡|npus?|accelerators?|加速卡)(?!时)",
    )
    return tuple(dict.fromkeys(value(match[1]) for rule in rules for match in page.take(rule)))


def _rent(page: _Page) -> float | None:
    """ "租三天", "for two weeks": how long cards are wanted for, where nothing is said of the work."""
    unit = r"(分钟|个?小时|天|个?(?:周|星期|月)|hours?|days?|weeks?|months?)"
    for rule in (rf"(?:租|用|使用|rent|lease)[^;。]{{0,20}}?{{n}}\s*{unit}", rf"\bfor\s+{{n}}\s*{unit}"):
        if match := page.take(rule):
            return value(match[0][1]) * seconds(match[0][2])
    return None
