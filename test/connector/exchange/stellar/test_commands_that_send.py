"""Commands that send go through the account's journal, as a bot does: what they did, they did once."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.channel_keys import read_channel_keys
from hummingbot.connector.exchange.stellar.ledger.account_operations import SetOptions, Signer
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, Payment

XLM = 10_000_000
ALREADY = "holds a trustline for USDC"


class Shell:
    """Runs ``ai-stellar`` as a program of its own, in a directory where a key file is."""

    def __init__(self, sandbox, folder, key):
        self.folder, self.keyfile = folder, folder / "key"
        self.url = sandbox.url
        self.keyfile.write_text(key.reveal())

    async def begin(self, *words, url=""):
        farm = next(entry for entry in sys.path if entry.endswith(".venv/farm"))
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", *words,
            "--horizon-url", url or str(self.url), "--keyfile", str(self.keyfile),
            cwd=self.folder, stdout=pipe, stderr=pipe,
            env={**os.environ, "PYTHONPATH": f"{farm}{os.pathsep}{Path.cwd()}"},
        )  # fmt: skip

    async def run(self, *words, url=""):
        """Return its exit code, what it says, and what it warns of."""
        process = await self.begin(*words, url=url)
        out, errors = await process.communicate()
        assert b"Traceback" not in errors
        return process.returncode, out.decode(), errors.decode()


@pytest.fixture
def holder(sandbox):
    sandbox.fund("someone", usdc=0)
    (key,) = sandbox.fund("holder", lumens=100 * XLM)
    return key


@pytest.fixture
def shell(sandbox, tmp_path, holder):
    return Shell(sandbox, tmp_path, holder)


async def opened(sandbox, account):
    """How many transactions that opened a trustline the account has on the ledger."""
    page = await sandbox.get(f"/accounts/{account}/operations", limit=200)
    return sum(record["type"] == "change_trust" for record in page["_embedded"]["records"])


async def sent(sandbox, account):
    """Wait until a transaction of the account waits for a ledger."""
    while account not in sandbox.sandbox.network.queue.waiting:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("fault", ["gateway_timeout_but_arrived", "html_but_arrived", "dropped"])
async def test_an_answer_that_is_lost_is_waited_for_and_nothing_is_done_twice(
    sandbox, shell, holder, faulty, faults, fault
):
    faulty.break_next("POST", "/transactions", getattr(faults, fault))
    async with sandbox.ticking(0.1):
        code, said, _ = await shell.run("trustline", "open", "USDC", url=faulty.url)

    assert code == 0
    assert "opened a trustline" in said
    assert len(set(faulty.posts)) == 1
    assert await opened(sandbox, holder.account) == 1


async def test_a_deposit_whose_answer_is_lost_is_made_once(sandbox, shell, holder, faulty, faults):
    sandbox.submit(holder, ChangeTrust(sandbox.usdc, 2**63 - 1))
    sandbox.submit(sandbox.issuer, Payment(holder.account, sandbox.usdc, 50 * XLM))
    faulty.break_next("POST", "/transactions", faults.gateway_timeout_but_arrived)
    words = ("deposit", "XLM-USDC", "40", "4", "--open-trustline")
    async with sandbox.ticking(0.1):
        code, said, errors = await shell.run("pool", *words, url=faulty.url)

    assert (code, errors) == (0, "")
    assert said.startswith("deposited 40.0000000 XLM and 4.0000000 USDC for 12.6491106 shares")
    assert sandbox.sandbox.network.state.trustlines[holder.account, sandbox.usdc].balance == 46 * XLM


async def test_a_command_that_was_killed_is_brought_to_its_end_by_the_next(sandbox, shell, holder):
    killed = await shell.begin("trustline", "open", "USDC")
    await sent(sandbox, holder.account)
    killed.kill()
    await killed.wait()

    async with sandbox.ticking(0.1):
        code, said, warned = await shell.run("trustline", "open", "USDC")

    assert code == 0
    assert f"account {holder.account} {ALREADY}" in said
    assert warned.startswith("An earlier transaction of the account is not decided yet")
    assert await opened(sandbox, holder.account) == 1


async def test_a_journal_that_a_bot_holds_is_one_sentence(sandbox, shell, holder, tmp_path):
    first = await shell.begin("trustline", "open", "USDC")
    await sent(sandbox, holder.account)

    code, said, errors = await shell.run("trustline", "close", "USDC")

    assert (code, said) == (1, "")
    assert errors == (
        f"ai-stellar trustline: the journal {tmp_path}/stellar_local_{holder.account}.journal is in use by "
        f"process {first.pid}: stop that bot, or run this one in an instance of its own\n"
    )
    async with sandbox.ticking(0.1):
        await first.wait()
    assert first.returncode == 0


async def test_an_added_signer_opens_the_accounts_trustline(sandbox, shell, holder):
    signer = sandbox.key("signer")
    sandbox.submit(holder, SetOptions(signer=Signer(signer.account, 1)))
    shell.keyfile.write_text(signer.reveal())

    async with sandbox.ticking(0.1):
        code, said, _ = await shell.run("trustline", "open", "USDC", "--account", holder.account)
        sandbox.submit(holder, SetOptions(signer=Signer(signer.account, 0)))
        refused, _, errors = await shell.run("trustline", "close", "USDC", "--account", holder.account)

    assert code == 0
    assert f"opened a trustline of {holder.account}" in said
    assert refused == 1
    assert f"the key {signer.account} is none of its signers" in errors


async def test_what_is_no_instance_is_named(shell, tmp_path):
    code, _, errors = await shell.run("trustline", "open", "USDC", "--instance", str(tmp_path))

    assert code == 1
    assert f"--instance {tmp_path} is no instance" in errors


async def test_a_command_in_a_bots_instance_leaves_the_bots_fills_for_the_bot_to_tell(
    traders, sandbox, tmp_path
):
    (taker,) = await traders("taker")
    instance = tmp_path / "instance"
    (instance / "conf" / "connectors").mkdir(parents=True)
    (key,) = sandbox.fund("bot", lumens=10**11, usdc=10**11)
    bot = type(taker)(sandbox, key, data=instance / "data")
    await bot.start()
    order = bot.sell("100", "0.1")
    await bot.resting(1)
    saved = bot.exchange.tracking_states
    await bot.stop()
    bot.exchange._desk.close()
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))

    shell = Shell(sandbox, instance, key)
    code, said, errors = await shell.run("trustline", "open", "USDC", "--limit", "50000")
    assert (code, errors) == (0, "")
    assert "changed the limit of a trustline" in said

    again = type(taker)(sandbox, key, data=instance / "data")
    again.exchange.restore_tracking_states(saved)
    await again.start()
    await again.until(lambda: again.filled(order) == 30)
    await again.exchange.cancel_all(10)
    await again.until(lambda: not again.open_orders)
    await again.stop()

    assert bot.told(order) + again.told(order) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert again.exchange.network_fees.others == 100


async def test_channel_accounts_are_made_looked_at_and_merged_back(sandbox, shell, holder, tmp_path):
    state, file = sandbox.sandbox.network.state, tmp_path / "channels"
    async with sandbox.ticking(0.1):
        code, said, errors = await shell.run("channels", "create", str(file), "--count", "3")
        assert (code, errors) == (0, "")
        keys = read_channel_keys(str(file), "stellar_local")
        assert said == (
            f"made 3 channel accounts with 2.0000000 XLM each; their keys are in {file}: name that file at "
            "connect\n"
        )
        assert [state.accounts[key.account].balance for key in keys] == [2 * XLM] * 3
        _, again, _ = await shell.run("channels", "create", str(file), "--count", "3")
        assert "are on the ledger already" in again
        refused, _, why = await shell.run("channels", "create", str(file), "--count", "4")
        assert (refused, f"{file} holds 3 channel accounts, not 4" in why) == (1, True)

        before = state.accounts[holder.account].balance
        code, said, errors = await shell.run("channels", "close", str(file))
        assert (code, errors) == (0, "")

    assert f"closed 3 channel accounts: 6.0000000 XLM are back in {holder.account}" in said
    assert state.accounts[holder.account].balance == before + 6 * XLM - 300
    assert not any(key.account in state.accounts for key in keys)


async def test_channels_whose_funding_was_cut_off_are_funded_by_the_next_try(
    sandbox, shell, holder, tmp_path
):
    file = tmp_path / "channels"
    killed = await shell.begin("channels", "create", str(file), "--count", "2")
    await sent(sandbox, holder.account)
    killed.kill()
    await killed.wait()
    keys = read_channel_keys(str(file), "stellar_local")

    async with sandbox.ticking(0.1):
        code, said, _ = await shell.run("channels", "create", str(file), "--count", "2")

    assert code == 0
    assert "all 2 channel accounts" in said
    assert all(key.account in sandbox.sandbox.network.state.accounts for key in keys)


async def test_more_channels_than_the_account_can_pay_for_leave_no_keys(sandbox, shell, tmp_path):
    file = tmp_path / "channels"
    async with sandbox.ticking(0.1):
        code, _, errors = await shell.run("channels", "create", str(file), "--count", "50", "--amount", "10")

    assert code == 1
    assert "50 channel accounts need 500.0500000 XLM" in errors
    assert not file.exists()
