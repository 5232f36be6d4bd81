"""Fills in the form of serving, offline generation and embedding."""

from __future__ import annotations

from dataclasses import replace

from suanshi.advice.model import ModelFacts
from suanshi.advice.words.model import stated_precision, whole
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.said import Said
from suanshi.advice.workload import Batch, Embeddings, Serving

# What is assumed where a text is silent; each use is reported. Sizes follow common chat data sets.
INPUT_TOKENS, SHORT_INPUT_TOKENS, OUTPUT_TOKENS, TEXT_TOKENS = 1024, 512, 256, 512
LONGEST = 200_000  # tokens of one request
FIRST_TOKEN_MS, NEXT_TOKEN_MS = 2000.0, 100.0


def serving(said: Said, model: ModelFacts, notes: Notes) -> Serving:
    isl, osl = _lengths(said, notes)
    precision, bits = stated_precision(said, notes)
    form = Serving(
        model=model,
        isl=isl,
        osl=osl,
        weight_bits=bits,
        precision=precision if precision in ("bf16", "fp16", "fp8", "int8", "fp4") else "",
        engine=said.engine,
        ttft_ms=said.number("ttft_ms"),
        tpot_ms=said.number("tpot_ms"),
    )
    if (concurrency := said.number("concurrency") or said.number("batch")) is not None:
        return replace(form, concurrency=concurrency)
    return _demand(said, form, notes)


def _demand(said: Said, form: Serving, notes: Notes) -> Serving:
    """How much is asked of a service, when nobody says how many ask at once."""
    peak = said.number("peak_factor")
    if (rate := said.number("qps")) is not None:
        return _latency(replace(form, requests_per_day=rate * 86400, peak_factor=peak or 1.0), notes)
    requests = said.number("requests_per_day")
    if requests is None and (tokens := said.number("tokens_per_day")) is not None:
        requests = tokens / (form.isl + form.osl)
        notes.assume(
            f"每天 {tokens:g} token 折合 {requests:.0f} 次请求", f"{tokens:g} tokens a day are taken as {requests:.0f} requests"
        )
    if requests is None:
        notes.assume("未说明访问量，按单个用户估算", "no traffic is given: a single user is assumed")
        return replace(form, concurrency=1.0)
    if peak is None:
        peak = 3.0
        notes.assume("高峰按平均的 3 倍计", "the peak is assumed to be 3 times the mean")
    return _latency(replace(form, requests_per_day=requests, peak_factor=peak), notes)


def _latency(form: Serving, notes: Notes) -> Serving:
    if form.ttft_ms is None:
        notes.assume("首 token 延迟按 2 秒以内", "the first token within 2 seconds is assumed")
    if form.tpot_ms is None:
        notes.assume("其后每个 token 按 100 毫秒以内", "each further token within 100 ms is assumed")
    return replace(form, ttft_ms=form.ttft_ms or FIRST_TOKEN_MS, tpot_ms=form.tpot_ms or NEXT_TOKEN_MS)


def batch(said: Said, model: ModelFacts, notes: Notes) -> Batch:
    isl, osl = _lengths(said, notes)
    precision, bits = stated_precision(said, notes)
    requests = said.number("samples")
    generated = said.number("out_tokens") if _short_of(said, "out_tokens") is None else None
    if requests is None and (tokens := generated or said.number("tokens")) is not None:
        requests = tokens / (osl if generated else isl + osl)
    if requests is None:
        requests = 1000.0
        notes.assume("未说明条数，按 1000 条给出速度", "the number of prompts is not given: 1,000 are assumed to tell the speed")
    return Batch(
        model=model,
        requests=requests,
        isl=isl,
        osl=osl,
        concurrency=said.number("concurrency") or said.number("batch"),
        weight_bits=bits,
        precision=precision if precision in ("bf16", "fp16", "fp8", "int8", "fp4") else "",
        engine=said.engine,
        scenario="offline",
    )


def embeddings(said: Said, model: ModelFacts, notes: Notes) -> Embeddings | None:
    texts = said.number("samples")
    if texts is None:
        notes.ask("texts", "missing", "有多少条文本要向量化？", "How many texts are to be embedded?", blocking=True)
        return None
    each = said.number("sample_tokens") or said.number("isl")
    if each is None:
        each = TEXT_TOKENS
        notes.assume(f"每条文本按 {each} token 计", f"{each} tokens a text are assumed")
    _, bits = stated_precision(said, notes)
    return Embeddings(model=model, texts=texts, tokens_each=whole(each), weight_bits=bits, engine=said.engine)


def _lengths(said: Said, notes: Notes) -> tuple[int, int]:
    """Input and output tokens of a request; a context alone is all input with a short answer."""
    isl, osl = said.number("isl") or _short_of(said, "in_tokens"), said.number("osl") or _short_of(said, "out_tokens")
    if (context := said.number("context")) and isl is None:
        osl = osl or 1
        return max(whole(context) - whole(osl), 1), whole(osl)
    if isl is None and (each := said.number("sample_tokens")):
        isl = each
    if isl is None:
        isl = SHORT_INPUT_TOKENS if _short(said.text) else INPUT_TOKENS
        notes.assume(f"每次输入按 {isl} token 计", f"{isl} input tokens a request are assumed")
    if osl is None:
        osl = OUTPUT_TOKENS
        notes.assume(f"每次输出按 {osl} token 计", f"{osl} output tokens a request are assumed")
    return whole(isl), whole(osl)


def _short_of(said: Said, name: str) -> float | None:
    """ "128 input tokens" is the length of a prompt; a million of them is the whole of the work."""
    tokens = said.number(name)
    return tokens if tokens is not None and tokens <= LONGEST else None


def _short(text: str) -> bool:
    return "短上下文" in text or "short context" in text
