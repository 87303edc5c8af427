"""Warns of traded assets whose issuer nobody vouches for."""

import logging
from collections.abc import Iterable

from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.sep1 import UnverifiedIssuer, verify

__all__ = ["IssuerCheck", "warning"]


class IssuerCheck:
    """Looks each asset up once on its issuer's home domain; the curated ones were looked up before.

    Parameters
    ----------
    horizon : Horizon
    assets : AssetTable
    network : str
        The domain.
    logger : logging.Logger
    """

    def __init__(self, horizon: Horizon, assets: AssetTable, network: str, logger: logging.Logger) -> None:
        self._horizon = horizon
        self._assets = assets
        self._network = network
        self._logger = logger
        self._checked: set[Asset] = {NATIVE}

    async def run(self, trading_pairs: Iterable[str], passphrase: str) -> None:
        """Warn of what cannot be verified among the assets of the pairs."""
        for pair in trading_pairs:
            for asset in self._assets.pair(pair):
                if asset in self._checked or self._assets.is_curated(asset):
                    continue
                try:
                    await self._verify(asset, passphrase)
                except UnverifiedIssuer as error:
                    self._logger.warning(warning(self._assets, asset, error))
                except StellarError as error:
                    self._logger.debug(f"The issuer of {asset} could not be looked up: {error}")
                    continue
                self._checked.add(asset)

    async def _verify(self, asset: Asset, passphrase: str) -> None:
        try:
            account = (await self._horizon.get(f"/accounts/{asset.issuer}")).body
        except HorizonRefused as error:
            if error.status == 404:
                raise UnverifiedIssuer("its issuer has no account on the ledger") from None
            raise
        session = await ConnectionsFactory()._get_shared_client()
        await verify(asset, str(account.get("home_domain", "")), self._network, passphrase, session)


def warning(assets: AssetTable, asset: Asset, error: UnverifiedIssuer) -> str:
    """Say in a sentence or two what is known of an asset, and which one its code usually means."""
    text = f"Nobody vouches for {assets.name(asset)} ({asset}): {error}. Make sure that you mean this asset."
    namesake = assets.namesake(asset)
    return (
        text if namesake is None else f"{text} The one known here as {assets.name(namesake)} is {namesake}."
    )
