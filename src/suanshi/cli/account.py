"""`suanshi login`, `register`, `me`, `keys`, `members`: who one is on the platform."""

from __future__ import annotations

from typing import Annotated

import typer

from suanshi.cli import profile
from suanshi.cli.desk import Desk, desk
from suanshi.cli.profile import Profile

Url = Annotated[str | None, typer.Option(help="Address of the platform, kept for later commands.")]
Password = Annotated[str | None, typer.Option(help="Asked for when left out.", envvar="SUANSHI_PASSWORD", show_envvar=True)]
keys = typer.Typer(help="API keys.", no_args_is_help=True)
members = typer.Typer(help="People of your party.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    cli.command()(login)
    cli.command()(logout)
    cli.command()(register)
    cli.command()(me)
    cli.add_typer(keys, name="keys")
    cli.add_typer(members, name="members")


def login(context: typer.Context, email: str, url: Url = None, password: Password = None) -> None:
    """Sign in with e-mail and password, and keep the session."""
    at = desk(context)
    _move(at, url)
    _begin(at, "/sessions", {"email": email, "password": _secret(at, password)})


def register(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="buyer or supplier")],
    name: str,
    email: str,
    url: Url = None,
    password: Password = None,
) -> None:
    """Register a buyer or a supplier, and sign in."""
    at = desk(context)
    _move(at, url)
    _begin(at, "/parties", {"kind": kind, "name": name, "email": email, "password": _secret(at, password, confirm=True)})


def _secret(at: Desk, password: str | None, confirm: bool = False) -> str:
    if password is not None:
        return password
    return str(typer.prompt(at.say("密码", "Password"), hide_input=True, confirmation_prompt=confirm, err=True))


def _move(at: Desk, url: str | None) -> None:
    """Turn to another platform; a token of the old one must not be shown to it."""
    at.profile = Profile(url or at.profile.url, None)


def _begin(at: Desk, path: str, body: dict[str, str]) -> None:
    session = at.call("POST", path, json=body)
    path_kept = profile.keep(Profile(at.profile.url, session["token"]))
    principal = session["principal"]
    at.note(f"已登录，会话保存在 {path_kept}。", f"Signed in; the session is kept in {path_kept}.")
    _show_me(at, principal)


def _show_me(at: Desk, principal: dict[str, object]) -> None:
    party, member = principal["party"], principal["member"]
    assert isinstance(party, dict)
    assert isinstance(member, dict)
    facts = {
        at.say("机构", "party"): f"{party['name']} ({party['id']})",
        at.say("成员", "member"): f"{member['name']} <{member['email']}>",
        at.say("角色", "roles"): ", ".join(member["roles"]),
        at.say("运营方信任", "trusted"): at.say("是", "yes") if party["trusted"] else at.say("否", "no"),
    }
    at.show(principal, facts)


def logout(context: typer.Context) -> None:
    """End the session here and on the platform."""
    at = desk(context)
    if at.profile.token:
        with at.client() as client:
            response = client.delete("/sessions")
            if response.is_error and response.status_code != 401:
                at.refused(response)
    profile.keep(Profile(at.profile.url, None))
    at.note("已退出。", "Signed out.")


def me(context: typer.Context) -> None:
    """Who you are here."""
    at = desk(context)
    _show_me(at, at.call("GET", "/me"))


@keys.command("list")
def list_keys(context: typer.Context) -> None:
    """Your keys, without their secrets."""
    at = desk(context)
    found = at.pages("/keys", 100)
    columns = ("id", ("名称", "name"), ("权限", "scopes"), ("最近使用", "last used"))
    at.table(found, columns, ((k["id"], k["name"], ",".join(k["scopes"]), k["last_used_at"]) for k in found))


@keys.command("create")
def create_key(
    context: typer.Context, name: str, scope: Annotated[list[str], typer.Option(help="read, buy, supply or operate")]
) -> None:
    """Make a key; its secret is shown this once."""
    at = desk(context)
    made = at.call("POST", "/keys", json={"name": name, "scopes": scope})
    at.note("密钥只显示这一次，请妥善保存。", "The secret is shown this once; keep it well.")
    at.show(made, {"id": made["id"], at.say("密钥", "secret"): made["secret"]})


@keys.command("delete")
def delete_key(context: typer.Context, key_id: str) -> None:
    """Make a key invalid at once."""
    at = desk(context)
    at.call("DELETE", f"/keys/{key_id}")
    at.note("已删除。", "Deleted.")


@members.command("list")
def list_members(context: typer.Context) -> None:
    """The people of your party."""
    at = desk(context)
    found = at.pages("/members", 1000)
    columns = ("id", ("姓名", "name"), ("邮箱", "e-mail"), ("角色", "roles"))
    at.table(found, columns, ((m["id"], m["name"], m["email"], ",".join(m["roles"])) for m in found))


@members.command("add")
def add_member(
    context: typer.Context,
    name: str,
    email: str,
    role: Annotated[list[str], typer.Option(help="A role that you and your party have.")],
    password: Password = None,
) -> None:
    """Add a colleague."""
    at = desk(context)
    body = {"name": name, "email": email, "password": _secret(at, password, confirm=True), "roles": role}
    made = at.call("POST", "/members", json=body)
    at.show(made, {"id": made["id"], at.say("邮箱", "e-mail"): made["email"]})
