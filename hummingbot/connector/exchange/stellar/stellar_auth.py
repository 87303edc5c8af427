"""The key that signs transactions, and the account that it signs for."""

from collections.abc import Sequence

from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.connections.data_types import RESTRequest, WSRequest

from hummingbot.connector.exchange.stellar.credentials import check_account, check_secret_key
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction, SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_fee_bump, sign_transaction

__all__ = ["StellarAuth"]


class StellarAuth(AuthBase):  # type: ignore[misc]
    """Holds a secret key and signs an account's transactions; requests themselves need no authentication.

    Parameters
    ----------
    secret_key : str
        ``S…`` as a wallet exports it, or ``""`` for a connector that only reads public data.
    network : str
        The domain, named in messages.
    account : str
        ``G…`` of the account that is traded on, where the key is an added signer of it; ``""`` for the key's
        own.
    channels : sequence of SigningKey
        Master keys of channel accounts.

    Attributes
    ----------
    channels : tuple of str
        The channel accounts.

    Raises
    ------
    ConfigurationError
        If the text is not a secret key, or the account no address. The message never repeats them.
    """

    def __init__(
        self, secret_key: str, network: str, account: str = "", channels: Sequence[SigningKey] = ()
    ) -> None:
        self._network = network
        secret = secret_key.strip()
        self._account = check_account(account, network)
        self._key = SigningKey.parse(check_secret_key(secret, network)) if secret else None
        self._channel_keys = {key.account: key for key in channels}
        self.channels = tuple(self._channel_keys)
        if self._key is not None and {self.account, self._key.account} & self._channel_keys.keys():
            raise ConfigurationError(
                f"the channel accounts of {network} hold {self.account}'s own key: use accounts made for it"
            )

    @property
    def has_key(self) -> bool:
        """Whether transactions can be signed."""
        return self._key is not None

    @property
    def account(self) -> str:
        """The address ``G…`` of the account that is traded on."""
        key = self._signing_key()
        return self._account or key.account

    @property
    def key(self) -> str:
        """The address ``G…`` of the key that signs."""
        return self._signing_key().account

    def sign(self, transaction: Transaction, network_id: bytes) -> SignedTransaction:
        """Sign a transaction for the network of that id: also for channel accounts that take part in it."""
        sources = dict.fromkeys((transaction.source, *(entry.source for entry in transaction.operations)))
        channels = [self._channel_keys[source] for source in sources if source in self._channel_keys]
        return sign_transaction(transaction, network_id, (self._signing_key(), *channels))

    def sign_bump(
        self, inner: SignedTransaction, source: str, fee: int, network_id: bytes
    ) -> SignedTransaction:
        """Put a signed transaction into a fee bump for which its source pays up to `fee` stroops.

        Raises
        ------
        ConfigurationError
            If the source is a channel account whose key is not known any more.
        """
        key = self._signing_key() if source == self.account else self._channel_keys.get(source)
        if key is None:
            raise ConfigurationError(f"the key of the channel account {source} is not among the channels")
        return sign_fee_bump(inner, source, fee, network_id, (key,))

    async def rest_authenticate(self, request: RESTRequest) -> RESTRequest:
        """Return the request as it is."""
        return request

    async def ws_authenticate(self, request: WSRequest) -> WSRequest:
        """Return the request as it is."""
        return request

    def _signing_key(self) -> SigningKey:
        if self._key is None:
            raise ConfigurationError(
                f"no secret key for {self._network} has been added: run connect {self._network} first"
            )
        return self._key

    def __repr__(self) -> str:
        signer = self._key.account if self._key else "no key"
        return f"StellarAuth({signer}{f' for {self._account}' if self._account else ''})"
