"""``ai-stellar trustline`` on a sandbox: lines are opened on request alone, and what it says is so."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment, SetOptions
from hummingbot.strategy.ai_stellar.cli.main import main

UNIT = 10_000_000
INT64_MAX = 2**63 - 1


@pytest.fixture
async def office(sandbox: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command for an account with 100 XLM while ledgers close."""
    (key,) = sandbox.fund("holder", lumens=100 * UNIT)
    sandbox.fund("someone", usdc=0)  # the sandbox's issuer of USDC has an account then
    keyfile = tmp_path / "key"
    keyfile.write_text(key.reveal())

    class Office:
        holder = key

        async def run(self, *words: str, code: int = 0) -> Any:
            """Run ``ai-stellar trustline`` and return what it prints: output and warnings, or the error."""
            options = () if words[0] == "list" else ("--keyfile", str(keyfile))
            line = ["trustline", *words, "--horizon-url", sandbox.url, *options]
            assert await asyncio.to_thread(main, line) == code, capsys.readouterr().err
            printed = capsys.readouterr()
            assert "Traceback" not in printed.err
            assert key.reveal() not in printed.out + printed.err
            if not code:
                return printed.out.strip(), printed.err.strip()
            assert printed.out == ""
            return printed.err.strip().removeprefix("ai-stellar trustline: ")

        def line(self, asset: Asset) -> Any:
            return sandbox.sandbox.network.state.trustlines.get((key.account, asset))

    async with sandbox.ticking():
        yield Office()


async def test_a_trustline_is_opened_limited_shown_and_closed(office: Any, sandbox: Any) -> None:
    usdc, holder = sandbox.usdc, office.holder.account
    assert await office.run("list", holder) == (f"account {holder} has no trustlines", "")

    done, warned = await office.run("open", "USDC")
    assert done == f"opened a trustline of {holder} for USDC ({usdc}), up to any amount"
    assert warned == ""  # curated
    assert office.line(usdc).limit == INT64_MAX

    done, _ = await office.run("open", "usdc", "--limit", "250.5")
    assert done.startswith("changed the limit of a trustline")
    assert office.line(usdc).limit == 2_505_000_000
    done, _ = await office.run("open", "USDC", "--limit", "250.5")
    assert "with that limit already" in done

    sandbox.submit(sandbox.issuer, Payment(holder, usdc, 30 * UNIT))
    shown, _ = await office.run("list", holder)
    assert [line.split() for line in shown.splitlines()] == [
        ["ASSET", "BALANCE", "LIMIT", "STATE", "CODE:ISSUER"],
        ["USDC", "30.0000000", "250.5000000", str(usdc)],
    ]

    assert "still holds 30.0000000 USDC" in await office.run("close", "USDC", code=1)
    assert "is below the 30.0000000 USDC" in await office.run("open", "USDC", "--limit", "29", code=1)
    sandbox.submit(office.holder, Payment(sandbox.issuer.account, usdc, 30 * UNIT))
    done, _ = await office.run("close", "USDC")
    assert done == f"closed the trustline of {holder} for USDC ({usdc})"
    assert office.line(usdc) is None
    assert f"account {holder} has no trustline for USDC" in await office.run("close", "USDC", code=1)


async def test_a_line_that_orders_need_is_not_closed(office: Any, sandbox: Any) -> None:
    await office.run("open", "USDC")
    sandbox.submit(office.holder, ManageSellOffer(NATIVE, sandbox.usdc, 10 * UNIT, 1, 10, 0))

    assert "has orders that would buy USDC" in await office.run("close", "USDC", code=1)
    assert office.line(sandbox.usdc) is not None


async def test_an_asset_for_which_nobody_vouches_is_opened_with_a_warning(office: Any, sandbox: Any) -> None:
    (issuer,) = sandbox.fund("false issuer")
    false = Asset("USDC", issuer.account)

    done, warned = await office.run("open", f"USDC:{issuer.account}")

    assert done.startswith("opened a trustline")
    assert warned == (
        f"warning: Nobody vouches for USDC.{issuer.account[:4]} ({false}): its issuer names no home domain "
        "that would vouch for it. Make sure that you mean this asset. The one known here as USDC is "
        f"{sandbox.usdc}."
    )
    assert office.line(false).limit == INT64_MAX
    shown, _ = await office.run("list", office.holder.account)
    assert f"USDC.{issuer.account[:4]}" in shown


async def test_a_line_that_its_issuer_must_authorize_says_so(office: Any, sandbox: Any) -> None:
    (issuer,) = sandbox.fund("strict issuer")
    sandbox.submit(issuer, SetOptions(set_flags=1))

    done, _ = await office.run("open", "GOLD", "--assets", f"GOLD=gold:{issuer.account}")

    assert done.endswith("; its issuer has still to authorize it")
    shown, _ = await office.run("list", office.holder.account, "--assets", f"GOLD=gold:{issuer.account}")
    assert "not authorized" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("XLM",), "XLM needs no trustline"),
        (("DOGE",), "asset DOGE is not known on stellar_local"),
        (("gold:GABC",), "cannot be used"),
        (("USDC", "--limit", "0"), "--limit 0 is not above 0"),
        (("USDC", "--limit", "NaN"), "NaN"),
        (("USDC", "--limit", "1e30"), "1E+30"),
        (("EURC",), "the issuer of EURC, has no account on stellar_local"),
    ],
)
async def test_what_cannot_be_opened_is_said_in_one_sentence(office: Any, words: Any, says: str) -> None:
    error = await office.run("open", *words, code=1)

    assert says in error
    assert "\n" not in error


async def test_a_reserve_that_cannot_be_locked_up_is_known_before(sandbox: Any, office: Any) -> None:
    root = sandbox.sandbox.network.root_key()
    sandbox.submit(office.holder, Payment(root.account, NATIVE, 100 * UNIT - 14_000_000))
    sequence = sandbox.sandbox.network.state.accounts[office.holder.account].sequence

    error = await office.run("open", "USDC", code=1)

    assert error.startswith("a trustline locks up 0.5000000 XLM and its fee bid is 0.0010000, but account")
    assert sandbox.sandbox.network.state.accounts[office.holder.account].sequence == sequence


async def test_an_account_that_is_not_funded_is_told_so(sandbox: Any, tmp_path: Path, office: Any) -> None:
    stranger = sandbox.key("stranger").account
    assert f"account {stranger} is not funded on stellar_local" in await office.run("list", stranger, code=1)


async def test_an_issuer_needs_no_line_for_its_own_asset(office: Any) -> None:
    own = office.holder.account
    assert f"account {own} issues" in await office.run("open", f"OWN:{own}", code=1)
