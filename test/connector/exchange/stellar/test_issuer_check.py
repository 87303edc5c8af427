"""Who trades an asset for which nobody vouches is warned; what a home domain answers harms nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from hummingbot.connector.exchange.stellar import sep1
from hummingbot.connector.exchange.stellar.ledger.operations import SetOptions
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

USDC = 'code = "USDC"'


class HomeDomain:
    """A web server on loopback that answers for ``stellar.toml`` as it is told."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.asked = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if isinstance(self.answer, str):
            return web.Response(text=self.answer)
        answer: web.StreamResponse = await self.answer(request)
        return answer


@pytest.fixture
async def home() -> AsyncIterator[tuple[HomeDomain, str]]:
    """A home domain, and what an account names to point at it."""
    domain = HomeDomain()
    application = web.Application()
    application.router.add_get("/{path:.*}", domain.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield domain, f"127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    await runner.cleanup()


@pytest.fixture
def warnings_on(sandbox: Any, caplog: Any) -> Any:
    """Starts a connector that trades the USDC of an issuer of its own, and returns what it warned of."""

    async def start(home_domain: str | None) -> list[str]:
        (issuer,) = sandbox.fund("issuer")
        if home_domain is not None:
            sandbox.submit(issuer, SetOptions(home_domain=home_domain))
        name = f"USDC.{issuer.account[:4]}"
        exchange = StellarExchange(
            "", sandbox.url, f"USDC:{issuer.account}", trading_pairs=[f"XLM-{name}", "XLM-USDC"],
            trading_required=False, domain="stellar_local",
        )  # fmt: skip
        caplog.set_level(logging.WARNING)
        await exchange.start_network()
        await asyncio.wait_for(exchange._issuer_check_task, 15)
        await exchange.stop_network()
        said = [record.getMessage() for record in caplog.records if "vouches" in record.getMessage()]
        assert all(text.startswith(f"Nobody vouches for {name} (USDC:{issuer.account}): ") for text in said)
        assert all(text.endswith(f"known here as USDC is USDC:{sandbox.usdc.issuer}.") for text in said)
        return said

    return start


def listing(issuer: str, code: str = USDC) -> str:
    return f'[[CURRENCIES]]\n{code}\nissuer = "{issuer}"\n'


async def test_an_asset_that_its_issuers_home_domain_lists_is_not_warned_of(home, sandbox, warnings_on):
    domain, address = home
    domain.answer = listing(sandbox.key("issuer").account)

    assert await warnings_on(address) == []
    assert domain.asked == 1  # of the asset that is not curated alone


async def test_a_listing_in_a_file_of_its_own_is_found(home, sandbox, warnings_on):
    domain, address = home
    issuer = sandbox.key("issuer").account

    async def answer(request):
        if request.path == "/.well-known/stellar.toml":
            return web.Response(text='[[CURRENCIES]]\ntoml = "/.well-known/USDC.toml"')
        assert request.path == "/.well-known/USDC.toml"
        return web.Response(text=f'{USDC}\nissuer = "{issuer}"')

    domain.answer = answer
    assert await warnings_on(address) == []


async def test_a_redirect_within_the_allowed_is_followed(home, sandbox, warnings_on):
    domain, address = home
    issuer = sandbox.key("issuer").account

    async def answer(request):
        if request.path == "/.well-known/stellar.toml":
            raise web.HTTPFound("/elsewhere")
        return web.Response(text=listing(issuer))

    domain.answer = answer
    assert await warnings_on(address) == []


async def test_an_issuer_without_a_home_domain_is_warned_of(warnings_on):
    (said,) = await warnings_on(None)
    assert "its issuer names no home domain" in said


@pytest.mark.parametrize("name", ["example", "user@example.com", "10.1.2.3", "[::1]"])
async def test_a_home_domain_that_is_no_name_is_never_asked(warnings_on, name):
    (said,) = await warnings_on(name)
    assert "is not the name of a domain" in said


async def test_a_home_domain_that_is_down_is_warned_of(warnings_on):
    (said,) = await warnings_on("127.0.0.1:9")
    assert "stellar.toml of 127.0.0.1:9 cannot be fetched" in said


async def missing(request):
    raise web.HTTPNotFound


async def endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"#" * 65_536)


async def elsewhere(request):
    raise web.HTTPFound("http://10.0.0.1/secret")


async def in_circles(request):
    raise web.HTTPFound(request.path)


async def cut_off(request):
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"[[CURRENCIES]]")
    request.transport.abort()
    return response


async def not_utf_8(request):
    return web.Response(body=b'DOCUMENTATION = "\xff\xfe"')


async def drop_by_drop(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"#")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (listing("GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"), "does not list it"),
        ('NETWORK_PASSPHRASE = "Another network"', "is of another network, 'Another network'"),
        ("<html>Not here</html>", "cannot be read"),
        (not_utf_8, "cannot be read"),
        ('CURRENCIES = "USDC"', "does not list it"),
        (missing, "answers 404"),
        (endless, "longer than the 102400 bytes"),
        (elsewhere, "is said to be at 'http://10.0.0.1/secret'"),
        (in_circles, "more than 3 redirects"),
        (cut_off, "cannot be fetched"),
        (drop_by_drop, "cannot be fetched (time-out)"),
    ],
    ids=[
        "another issuer",
        "network",
        "html",
        "not text",
        "wrong type",
        "404",
        "endless",
        "elsewhere",
        "circles",
        "cut off",
        "drops",
    ],
)
async def test_what_a_home_domain_answers_instead_is_said(home, warnings_on, monkeypatch, answer, says):
    if answer is drop_by_drop:
        monkeypatch.setattr(sep1, "TIMEOUT", 0.5)
    domain, address = home
    domain.answer = answer

    (said,) = await warnings_on(address)

    assert says in said
    assert "\n" not in said


async def test_an_issuer_without_an_account_is_warned_of(sandbox, caplog):
    ghost = sandbox.key("ghost").account
    exchange = StellarExchange(
        "", sandbox.url, f"GOLD=gold:{ghost}", trading_pairs=["XLM-GOLD"], domain="stellar_local"
    )
    await exchange._check_issuers()

    assert f"Nobody vouches for GOLD (gold:{ghost}): its issuer has no account on the ledger" in caplog.text
    assert "known here" not in caplog.text


async def test_a_node_that_is_down_only_puts_the_check_off(sandbox, caplog):
    exchange = StellarExchange(
        "", "http://127.0.0.1:9", f"GOLD=gold:{sandbox.issuer.account}", trading_pairs=["XLM-GOLD"],
        domain="stellar_local",
    )  # fmt: skip
    await exchange._check_issuers()

    assert "vouches" not in caplog.text
