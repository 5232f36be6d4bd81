"""`suanshi advise`: plans from plain words and answers to a file of questions, without a platform."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from suanshi.cli import advise
from suanshi.cli.desk import Desk
from suanshi.cli.profile import Profile
from suanshi.kit.refusal import Language

NEWCOMER = "我有一个7B模型和两万条数据，预算500元"  # no deadline: the clock is the real one


def run(*arguments: str, as_json: bool = False, language: Language = "zh") -> Result:
    cli = typer.Typer()

    @cli.callback()
    def options(context: typer.Context) -> None:
        context.obj = Desk(Profile("http://127.0.0.1:9", None), as_json, language)

    advise.add_to(cli)
    return CliRunner().invoke(cli, ["advise", *arguments])


def test_the_newcomers_sentence_gives_plans_with_their_assumptions() -> None:
    result = run(NEWCOMER, as_json=True)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["workload"]["kind"] == "training"
    assert told["wishes"]["budget_micro"] == 500_000_000
    assert any("LoRA" in text for text in told["assumptions"])
    assert 1 <= len(told["advice"]["plans"]) <= 6
    assert all(plan["pay_micro"] <= 500_000_000 for plan in told["advice"]["plans"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_plans_are_shown_as_a_table_in_both_languages(language: Language) -> None:
    result = run("train a classifier on 20,000 images", language=language)
    assert result.exit_code == 0, result.output
    assert ("型号" if language == "zh" else "card") in result.stdout
    assert "kWh" in result.stdout


def test_a_sentence_that_says_too_little_is_asked_about() -> None:
    result = run("你好", as_json=True)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["advice"] is None
    assert told["questions"][0]["blocking"]


def test_a_file_of_questions_is_answered_row_by_row(tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.csv", tmp_path / "predictions.csv"
    questions.write_text(
        "id,question_zh,unit,source\n"
        "a,用8张A100-80G对Llama-2-7B做LoRA微调，共约1亿token，序列2048，要多久？,hours,\n"
        "b,今天天气怎么样？,hours,\n",
        encoding="utf-8",
    )
    result = run("--batch", str(questions), "-o", str(answers), as_json=True)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["unread"] == ["b"]
    rows = list(csv.DictReader(answers.read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == ["a", "b"]
    assert float(rows[0]["lo"]) <= float(rows[0]["pred"]) <= float(rows[0]["hi"])
    assert rows[1]["pred"] == ""


@pytest.mark.parametrize("arguments", [(), (NEWCOMER, "--batch", "x.csv"), ("--batch", __file__)])
def test_wrong_usage_is_status_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
