"""`suanshi advise`: what to rent for a job told in plain words, or answers to a whole file of questions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import Progress

from suanshi.advice import batch
from suanshi.advice.alternatives import published_token_prices
from suanshi.advice.form import to_form
from suanshi.advice.plan import Advice, Plan
from suanshi.advice.recommend import recommend
from suanshi.advice.reference import reference_offers
from suanshi.advice.words import Parsed, parse
from suanshi.cli.desk import Column, Desk, desk
from suanshi.kit import clock
from suanshi.kit.money import yuan
from suanshi.kit.refusal import Language, Refusal, Text


def add_to(cli: typer.Typer) -> None:
    cli.command()(advise)


def advise(
    context: typer.Context,
    words: Annotated[str | None, typer.Argument(help='"我有一个7B模型和两万条数据，周五前要，预算500元"')] = None,
    questions: Annotated[
        Path | None, typer.Option("--batch", help="A CSV of questions to answer.", exists=True, dir_okay=False)
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where the answers go: id,pred,lo,hi.")] = None,
) -> None:
    """What to rent, from plain words, at published prices; needs no platform. Or answers to a file of questions."""
    at = desk(context)
    if (words is None) == (questions is None):
        raise typer.BadParameter(at.say("请给出一句话或 --batch 文件", "give either words or --batch"))
    if questions is None:
        assert words is not None
        _plans(at, words)
    elif output is None:
        raise typer.BadParameter(at.say("请用 -o 指定输出文件", "say where to with -o"), param_hint="-o")
    else:
        _batch(at, questions, output)


def _batch(at: Desk, questions: Path, output: Path) -> None:
    try:
        with questions.open(encoding="utf-8-sig", newline="") as file, _progress(at, questions) as seen:
            found = [seen(one) for one in batch.answers(csv.DictReader(file))]
        batch.write(found, output)
    except Refusal as refusal:
        _refused(at, refusal)
    unread = [one for one in found if one.pred is None]
    if at.json:
        at.print_json({"answered": len(found) - len(unread), "unread": [one.id for one in unread], "output": str(output)})
        return
    for one in unread[:20]:
        at.note(f"{one.id}：{'；'.join(note.zh for note in one.notes)}", f"{one.id}: {'; '.join(n.en for n in one.notes)}")
    at.out.print(at.say(f"{len(found)} 行，{len(unread)} 行无法回答", f"{len(found)} rows, {len(unread)} could not be answered"))


@contextmanager
def _progress(at: Desk, path: Path) -> Iterator[Callable[[batch.Answer], batch.Answer]]:
    """A bar on stderr while a file is answered; silent where nobody looks."""
    with path.open(encoding="utf-8-sig") as file:
        rows = max(sum(1 for _ in file) - 1, 1)
    with Progress(console=at.err, transient=True, disable=at.json or not at.err.is_terminal) as bar:
        task = bar.add_task(at.say("估算", "estimating"), total=rows)

        def seen(one: batch.Answer) -> batch.Answer:
            bar.advance(task)
            return one

        yield seen


def _refused(at: Desk, refusal: Refusal) -> NoReturn:
    if at.json:
        at.print_json({"code": refusal.code, "detail": refusal.cause(at.language), "next": refusal.next(at.language)})
    else:
        at.err.print(refusal.cause(at.language), style="bold red", markup=False)
        at.err.print(refusal.next(at.language), markup=False)
    raise typer.Exit(1)


def _plans(at: Desk, words: str) -> None:
    now = clock.now()
    form = parse(words, now)
    advice = None
    if form.workload is not None and form.ready:
        # Published prices belong to no place.
        wishes = replace(form.wishes, regions=(), not_regions=())
        try:
            advice = recommend(form.workload, wishes, reference_offers(), now=now, token_prices=published_token_prices())
        except Refusal as refusal:
            _refused(at, refusal)
    if at.json:
        at.print_json(_as_json(at, form, advice))
    else:
        _tell(at, form)
        if advice:
            _show(at, advice)
    if advice is None or not advice.plans:
        raise typer.Exit(1)


def _as_json(at: Desk, form: Parsed, advice: Advice | None) -> object:
    return plainly(
        {
            "workload": to_form(form.workload) if form.workload else None,
            "wishes": asdict(form.wishes),
            "assumptions": form.assumptions,
            "questions": form.questions,
            "advice": advice,
        },
        at.language,
    )


def plainly(value: object, language: Language) -> object:
    """Values as JSON has them: texts in one language, moments in ISO 8601."""
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plainly(getattr(value, f.name), language) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plainly(one, language) for key, one in value.items()}
    return [plainly(one, language) for one in value] if isinstance(value, list | tuple) else value


def _tell(at: Desk, form: Parsed) -> None:
    """What was understood, assumed and still has to be asked."""
    if form.workload:
        known = {name: value for name, value in to_form(form.workload).items() if value not in (None, "", 0.0, False)}
        at.show(known, {name: f"{value:,.10g}" if isinstance(value, float) else value for name, value in known.items()})
    for text in form.assumptions:
        at.note(f"  · 假设：{text.zh}", f"  · assumed: {text.en}")
    for question in form.questions:
        at.note(f"  ? {question.text.zh}", f"  ? {question.text.en}")


def _show(at: Desk, advice: Advice) -> None:
    columns: tuple[Column, ...] = (
        ("特点", "best at"), ("型号", "card"), ("数量", "cards"), ("并行", "layout"), ("元", "¥"), ("小时", "hours"),
        ("kWh", "kWh"), ("把握", "grade"),
    )  # fmt: skip
    at.table(None, columns, (_row(plan) for plan in advice.plans))
    for rejected in [v for v in advice.verdicts if v.outcome == "rejected" and v.kind != "model"][:8]:
        change = rejected.least_change
        zh = rejected.text.zh + (f"；最小改动：{change.zh}" if change else "")
        at.note(f"  × {zh}", f"  × {rejected.text.en}" + (f"; least change: {change.en}" if change else ""))
    for other in advice.alternatives:
        at.note(f"  或 {other.text.zh}", f"  or {other.text.en}")
    for text in advice.notes:
        at.note(text.zh, text.en)
    at.note("价格为公开参考价，非报价；下单价以市场为准。", "Prices are published ones for reference, not offers of the market.")


def _row(plan: Plan) -> tuple[object, ...]:
    pieces = plan.cards if plan.share_milli == 1000 else f"{plan.share_milli / 10:g}%"
    hours = f"{plan.wall_seconds / 3600:,.2f}"
    cost = f"{float(yuan(plan.pay_micro)):,.2f}"
    return (", ".join(plan.labels), plan.accelerator, pieces, plan.layout, cost, hours, f"{plan.kwh:,.2f}", plan.grade)
