"""The console as people use it: real Chromium, real platform, real runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from suanshi.kit.money import Money

OpenPage = Callable[..., Page]
SECRET = "correct horse battery"
RUN = 240_000  # milliseconds from buying to the settled bill, on a slow and busy machine
PROGRAM = """\
import json, os, pathlib, time
for step in range(1, 6):
    print(f"第 {step} 步", flush=True)
    time.sleep(0.3)
pathlib.Path(os.environ["SUANSHI_OUTPUT"], "答案.json").write_text(json.dumps({"answer": 42}))
"""

pytestmark = pytest.mark.timeout(900)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/login")
    page.locator("input[autocomplete=username]").fill(email)
    page.locator("input[type=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/market**")


def as_operator(page: Page, platform: Any) -> Page:
    sign_in(page, "operator@suanshi.local", platform.password("operator"))
    return page


def new_buyer(platform: Any, yuan: str | None) -> str:
    """A buyer made through the API, trusted so that any isolation of this machine will do; its e-mail."""
    email = f"{uuid4().hex[:12]}@example.com"
    wish = {"kind": "buyer", "name": "晨曦实验室", "email": email, "password": SECRET}
    made = httpx.post(f"{platform.url}/api/v1/parties", json=wish, timeout=60)
    assert made.status_code == 201, made.text
    party = made.json()["principal"]["party"]["id"]
    with platform.operator() as operator:
        assert operator.post(f"/operator/parties/{party}/trust", json={"trusted": True}).status_code == 200
        if yuan:
            buyer = platform.sign_in(email, SECRET)
            key = {"Idempotency-Key": uuid4().hex}
            topup = buyer.post("/wallet/topups", json={"amount": yuan}, headers=key).json()["id"]
            assert operator.post(f"/operator/topups/{topup}/confirm", headers=key).status_code == 200
            buyer.close()
    return email


def open_core_offer(page: Page) -> None:
    """The offer of this machine's own cores, found as a buyer would find it."""
    page.goto("/market")
    page.get_by_role("button", name="通用 CPU").click()
    page.locator("[data-offer] h3 a").first.click()
    expect(page.locator(".cm-content")).to_be_visible()


def write_program(page: Page, text: str) -> None:
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
    expect(editor).to_contain_text(text.strip().splitlines()[-1][:30])


def buy(page: Page) -> str:
    """Buys at the quote on the page; the order's id."""
    button = page.get_by_role("button", name="确认购买")
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_url("**/orders/ord_*")
    return page.url.rsplit("/", 1)[1]


def settled(page: Page) -> None:
    expect(page.locator("[data-state=settled]")).to_be_visible(timeout=RUN)


def test_first_sale(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    page.goto("/join")
    email = f"{uuid4().hex[:12]}@example.com"
    page.get_by_label("单位名称").fill("晨曦生物实验室 <b>&")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(SECRET)
    page.get_by_role("button", name="注册并登录").click()
    page.wait_for_url("**/market**")

    page.goto("/wallet")
    page.get_by_label("充值金额").fill("50")
    page.get_by_role("button", name="登记充值").click()
    expect(page.get_by_text("待确认")).to_be_visible()

    operator = as_operator(open_page(), platform)
    operator.goto("/operator/topups")
    operator.get_by_role("row", name="晨曦生物实验室").get_by_role("button", name="确认到账").click()
    operator.get_by_role("tooltip").get_by_role("button", name="已到账").click()
    expect(operator.get_by_text("已入账")).to_be_visible()
    operator.goto("/operator")
    trust = operator.get_by_role("switch", name="信任 晨曦生物实验室").first
    trust.click()
    expect(trust).to_be_checked()

    page.goto("/wallet")
    expect(page.locator(".figure").first).to_contain_text("¥50.00")
    open_core_offer(page)
    write_program(page, PROGRAM)
    page.get_by_role("button", name="10 分").click()
    expect(page.get_by_text("价格锁定还剩")).to_be_visible()
    expect(page.get_by_text("先冻结，后结算")).to_be_visible()
    page.screenshot(path=shots / "buy.png")
    order = buy(page)

    expect(page.get_by_test_id("log")).to_contain_text("第 5 步", timeout=RUN)
    page.screenshot(path=shots / "run.png")
    settled(page)
    expect(page.get_by_test_id("charged")).to_contain_text("¥0.01")  # the minimum charge
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 答案.json").click()
    assert json.loads(Path(waiting.value.path()).read_text()) == {"answer": 42}
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载全文").click()
    assert "第 1 步\n" in Path(waiting.value.path()).read_text()

    page.get_by_role("link", name="打印账单").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text(order)
    page.screenshot(path=shots / "statement.png")
    page.goto("/wallet")
    expect(page.get_by_role("region", name="收支明细")).to_contain_text("−¥0.01")
    expect(page.locator(".figure").first).to_contain_text("¥49.99")
    page.goto("/wallet/statement")
    expect(page.locator(".paper-table")).to_contain_text(order)


def test_a_run_can_be_cancelled_and_leaves_what_it_wrote(platform: Any, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, new_buyer(platform, "20"), SECRET)
    open_core_offer(page)
    write_program(page, "import time\nprint('begun', flush=True)\ntime.sleep(3000)\n")
    buy(page)
    expect(page.get_by_test_id("log")).to_contain_text("begun", timeout=RUN)
    page.get_by_role("button", name="取消订单").click()
    page.get_by_role("tooltip").get_by_role("button", name="取消订单").click()
    settled(page)
    expect(page.locator(".spread, .title").get_by_text("已取消").first).to_be_visible()
    page.goto("/orders")
    expect(page.locator("[data-state=settled]")).to_have_count(1)


def test_an_empty_wallet_is_told_before_buying(platform: Any, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, new_buyer(platform, None), SECRET)
    open_core_offer(page)
    expect(page.get_by_role("link", name="去充值")).to_be_visible()
    expect(page.get_by_role("button", name="确认购买")).to_be_disabled()


def test_a_refusal_says_why_what_next_and_that_nothing_was_charged(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/login")
    page.locator("input[autocomplete=username]").fill("nobody@example.com")
    page.locator("input[type=password]").fill("wrong password")
    page.locator("button[type=submit]").click()
    refusal = page.get_by_role("alert").first
    expect(refusal).to_contain_text("没有扣费")
    assert refusal.locator("code").inner_text()
    page.goto("/offers/off_00000000000000000000000000")
    expect(page.get_by_role("alert").first).to_contain_text("not-found")
    page.goto("/wallet")  # nobody is signed in
    page.wait_for_url("**/login")


def test_storefront_filters_sorts_compares_and_speaks_english(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    page.goto("/")
    expect(page.locator("[data-offer]").first).to_be_visible()
    page.screenshot(path=shots / "market.png")
    page.get_by_label("搜索商品").fill("没有这样的商品")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有符合条件的商品")).to_be_visible()
    page.get_by_role("button", name="清除全部条件").click()
    expect(page.locator("[data-offer]").first).to_be_visible()
    page.get_by_role("button", name="通用 CPU").click()
    page.wait_for_url("**vendor=generic**")
    page.get_by_text("价格图").click()
    expect(page.locator("[data-chart]")).to_be_visible()
    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("heading", name="Compute market")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Compute market")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_two_offers_side_by_side(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    with platform.sign_in("supplier@suanshi.local", platform.password("supplier")) as supplier:
        offer = supplier.get("/supplier/offers").json()["items"][0]
        site, accelerator = offer["site"]["id"], offer["accelerator"]["id"]
        wish = {"site_id": site, "accelerator": accelerator, "title": "对比用", "price_per_card_hour": "0.5"}
        second = supplier.post("/offers", json=wish)
        assert second.status_code == 201, second.text
        page.goto(f"/market?compare={offer['id']},{second.json()['id']}")
        page.get_by_role("button", name="并排对比").click()
        table = page.locator(".versus")
        expect(table.get_by_text("最优").first).to_be_visible()
        assert table.locator("tr.differs").count() >= 1
        rows = table.locator("tbody tr").count()
        page.get_by_text("只看不同之处").click()
        expect(table.locator("tbody tr")).not_to_have_count(rows)
        page.screenshot(path=shots / "compare.png")
        assert supplier.patch(f"/offers/{second.json()['id']}", json={"state": "withdrawn"}).status_code == 200


def test_supplier_lists_reprices_pauses_and_withdraws(platform: Any, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "supplier@suanshi.local", platform.password("supplier"))
    page.goto("/supplier")
    expect(page.locator(".cell").first).to_be_visible()
    page.goto("/supplier/offers")
    page.get_by_role("button", name="上架商品").first.click()
    form = page.get_by_role("dialog")
    title = f"核时 {uuid4().hex[:8]}"
    form.get_by_label("站点").click()
    page.keyboard.press("Enter")
    expect(form.get_by_label("型号")).to_be_enabled()
    form.get_by_label("型号").click()
    page.keyboard.press("Enter")
    form.get_by_label("商品名").fill(title)
    form.get_by_label("每卡时，全包").fill("0.77")
    form.get_by_role("button", name="上架", exact=True).click()
    row = page.get_by_role("row", name=title)
    expect(row).to_contain_text("¥0.77")
    row.get_by_role("button", name="改价").click()
    page.get_by_label("新价格").fill("0.66")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(row).to_contain_text("¥0.66")
    row.get_by_role("button", name="暂停").click()
    expect(row.locator("[data-state=paused]")).to_be_visible()
    row.get_by_role("button", name="恢复").click()
    expect(row.locator("[data-state=listed]")).to_be_visible()
    row.get_by_role("button", name="下架").click()
    page.get_by_role("tooltip").get_by_role("button", name="下架").click()
    expect(row.locator("[data-state=withdrawn]")).to_be_visible()
    page.goto("/supplier/statement")
    expect(page.locator(".figure").first).to_be_visible()


def test_operator_sees_the_proof_reconciles_and_reads_the_log(platform: Any, open_page: OpenPage, shots: Path) -> None:
    new_buyer(platform, "10")
    page = as_operator(open_page(), platform)
    page.goto("/operator/ledger")
    expect(page.get_by_label("零和证明")).to_contain_text("总账平衡")
    expect(page.get_by_role("region", name="过账")).to_contain_text("wallet:")
    page.screenshot(path=shots / "ledger.png")
    page.get_by_text("账户", exact=True).click()
    expect(page.get_by_role("region", name="账户")).to_contain_text("cash")
    page.goto("/operator/reconciliations")
    page.get_by_role("button", name="现在对账").click()
    expect(page.get_by_role("region", name="对账")).to_contain_text("相符")
    page.goto("/operator/audit")
    expect(page.get_by_role("region", name="审计日志")).to_contain_text("topup")


def test_keys_are_shown_once_and_voided(platform: Any, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, new_buyer(platform, None), SECRET)
    page.goto("/account")
    page.get_by_label("密钥名称").fill("训练脚本")
    page.get_by_role("button", name="生成密钥").click()
    secret = page.locator(".ant-alert code").inner_text()
    answer = httpx.get(f"{platform.url}/api/v1/me", headers={"Authorization": f"Bearer {secret}"}, timeout=60)
    assert answer.status_code == 200
    page.reload()
    expect(page.get_by_role("button", name="作废 训练脚本")).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("button", name="作废 训练脚本").click()
    page.get_by_role("tooltip").get_by_role("button", name="作废").click()
    expect(page.get_by_text("还没有密钥")).to_be_visible()
    answer = httpx.get(f"{platform.url}/api/v1/me", headers={"Authorization": f"Bearer {secret}"}, timeout=60)
    assert answer.status_code == 401


def test_advice_answers_a_sentence(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    page.goto("/advice")
    page.get_by_label("用一句话说明需求").fill("我有一个7B模型和两万条数据，周五前要，预算500元")
    page.get_by_role("button", name="出方案").click()
    # One local site of CPU cores: whatever comes of it, the need is understood and every offer has its reason.
    expect(page.get_by_label("我这样理解")).to_contain_text("7B")
    page.get_by_role("button", name="展开").click()
    expect(page.locator(".verdicts li").first).to_be_visible()
    page.screenshot(path=shots / "advice.png")
    page.goto("/advice/accuracy")
    expect(page.get_by_role("heading", name="估算准确度")).to_be_visible()


@pytest.mark.parametrize("path", ["/market", "/advice?q=7B%20LoRA", "/login", "/join", "/wallet", "/orders", "/account"])
def test_nothing_is_wider_than_a_telephone(platform: Any, open_page: OpenPage, path: str) -> None:
    page = open_page(390, 844)
    if path in ("/wallet", "/orders", "/account"):
        sign_in(page, new_buyer(platform, None), SECRET)
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("status", name="正在读取")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_first_page_is_light(open_page: OpenPage) -> None:
    page = open_page()
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url) if "/assets/" in response.url else None)
    page.goto("/market")
    expect(page.locator("[data-offer]").first).to_be_visible()
    names = [url.rsplit("/", 1)[1] for url in fetched]
    assert names
    assert not [name for name in names if name.startswith(("Drawing", "Editor", "table"))], "charts, editor and tables can wait"
    # The keyboard reaches the content first.
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()


MAKES_WAY = """\
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("保存进度", flush=True))
print("开始", flush=True)
while True: time.sleep(0.2)
"""


def test_idle_cards_are_priced_bought_and_given_up(platform: Any, open_page: OpenPage, shots: Path) -> None:
    supplier = open_page()
    sign_in(supplier, "supplier@suanshi.local", platform.password("supplier"))
    supplier.goto("/supplier/offers")
    row = supplier.get_by_role("row").filter(has_text="CPU").first
    row.get_by_role("button", name="改价").click()
    price = supplier.get_by_label("新价格").input_value()
    idle = str(Money.of(price).micro * 2 // 5 / 1_000_000)
    supplier.get_by_label("闲时价").fill(idle)
    supplier.wait_for_timeout(500)  # the sheet glides in
    supplier.screenshot(path=shots / "idle-price.png")
    supplier.get_by_role("button", name="保存").click()
    expect(row).to_contain_text(idle.rstrip("0"))

    page = open_page()
    sign_in(page, new_buyer(platform, "500"), SECRET)
    open_core_offer(page)
    write_program(page, MAKES_WAY)
    cards = page.get_by_label("卡数")
    most = cards.get_attribute("aria-valuemax")
    cards.fill(str(most))
    page.get_by_role("radio", name="闲时卡，省 60%").click()
    page.get_by_role("checkbox", name="被停后自动续排").check()
    page.screenshot(path=shots / "idle-buy.png", full_page=True)
    buy(page)
    expect(page.get_by_test_id("log")).to_contain_text("开始", timeout=240_000)

    other = open_page()
    sign_in(other, new_buyer(platform, "500"), SECRET)
    open_core_offer(other)
    write_program(other, "print('我的')")
    expect(other.get_by_test_id("after-notice")).to_be_visible()
    other.screenshot(path=shots / "after-notice.png", full_page=True)
    buy(other)

    expect(page.get_by_test_id("notice")).to_contain_text("要让出卡了")
    expect(page.get_by_test_id("log")).to_contain_text("保存进度")
    page.screenshot(path=shots / "notice.png")
    for one in (other, page):
        one.get_by_role("button", name="取消订单").click()
        one.get_by_role("tooltip").get_by_role("button", name="取消订单").click()
        expect(one.locator("[data-state=settled], [data-state=refused]")).to_be_visible(timeout=240_000)
    supplier.reload()
    row.get_by_role("button", name="改价").click()
    supplier.get_by_label("闲时价").fill("")
    supplier.get_by_role("button", name="保存").click()
    expect(row).not_to_contain_text(idle.rstrip("0"))


def test_work_is_booked_ahead_and_queued_when_there_is_no_room(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    sign_in(page, new_buyer(platform, "500"), SECRET)
    open_core_offer(page)
    write_program(page, "print('到点了')")
    cards = page.get_by_label("卡数")
    cards.fill(str(cards.get_attribute("aria-valuemax")))
    page.get_by_role("radio", name="预约时间").click()
    expect(page.get_by_label("开始时间")).not_to_have_value("")
    expect(page.get_by_test_id("quote-begins")).to_be_visible()
    page.screenshot(path=shots / "ahead-buy.png", full_page=True)
    buy(page)
    expect(page.get_by_test_id("begins")).to_contain_text("已预约")
    page.screenshot(path=shots / "ahead-order.png")

    other = open_page()
    sign_in(other, new_buyer(platform, "500"), SECRET)
    open_core_offer(other)
    write_program(other, "print('轮到我了')")
    other.get_by_role("button", name="7 天", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("最早可从")
    other.screenshot(path=shots / "no-room.png", full_page=True)
    other.get_by_role("button", name="改为排队").click()
    expect(other.get_by_test_id("quote-begins")).to_be_visible()
    buy(other)
    expect(other.get_by_test_id("begins")).to_contain_text("排队中")
    other.screenshot(path=shots / "queued.png")
    for one in (other, page):
        one.get_by_role("button", name="取消订单").click()
        one.get_by_role("tooltip").get_by_role("button", name="取消订单").click()
        expect(one.locator("[data-state=refused]")).to_be_visible(timeout=240_000)


def test_a_supplier_closes_cards_and_opens_them_again(platform: Any, open_page: OpenPage, shots: Path) -> None:
    page = open_page()
    sign_in(page, "supplier@suanshi.local", platform.password("supplier"))
    page.goto("/supplier")
    page.get_by_role("button", name="安排停用").first.click()
    page.get_by_label("备注").fill("换风扇")
    page.wait_for_timeout(500)  # the sheet glides in
    page.screenshot(path=shots / "close.png")
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    row = page.locator("[data-closure]")
    expect(row).to_contain_text("换风扇")
    expect(page.get_by_role("img", name="停用时段")).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=shots / "closed.png", full_page=True)
    row.get_by_role("button", name="提前恢复").click()
    expect(row).to_have_count(0)
