"""What cannot be asked, and how Horizon says so."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.http.asset_parameters import fault_of

XLM = 10_000_000
ISSUER = "GARH6D66AVIAPVFXTEXAP2W2I5HJE5P36QVK5GKDCEUFVFI5KZ6B535R"
OTHER = "GDPTWELXGKR3ARNGNY7MXU2UDSYIVSVJMWHNDW64YHG4TB3YAMP3LVMX"
POOL = "ab" * 32
LUMENS = "base_asset_type=native&counter_asset_type=native"
SHORT = "strkey is 0 bytes long; minimum valid length is 5"
CODE = "Asset code must be 1-12 alphanumeric characters"
ACCOUNT = "Account ID must start with `G` and contain 56 alphanum characters"
ASSET = 'Asset must be the string "native" or a string of the form "Code:IssuerAccountID" for issued assets.'
KIND = "Asset type must be native, credit_alphanum4 or credit_alphanum12"


@pytest.mark.parametrize(
    ("path", "field", "reason"),
    [
        ("/ledgers?cursor=-07", "cursor", "the cursor -7 is a negative number: "),
        ("/ledgers?cursor=now-1", "cursor", "cursor: invalid value"),
        ("/ledgers?limit=x&order=up&cursor=y", "limit", "unparseable value"),
        ("/ledgers?order=up&cursor=y", "order", "order: invalid value"),
        ("/ledgers/4294967296", "ledger_id", "Ledger ID must be an integer higher than 0"),
        ("/operations/x/effects", "op_id", "Operation ID must be an integer higher than 0"),
        ("/operations?join=ledgers", "join", "Accepted values: transactions"),
        ("/operations?include_failed=yes", "include_failed", "Filter should be true or false"),
        (
            f"/accounts/{ISSUER}/operations?ledger_id=3",
            "filters",
            "Use a single filter for operations, you can only use one of tx_id, account_id or ledger_id",
        ),
        (
            "/ledgers/3/effects?op_id=5",
            "filters",
            "Use a single filter for effects, you can only use one of account_id, op_id, tx_id or ledger_id",
        ),
        (
            f"/liquidity_pools/{POOL}/transactions?account_id={ISSUER}",
            "filters",
            "Use a single filter for transaction, you can only use one of account_id, claimable_balance_id "
            "or ledger_id",
        ),
        (
            "/claimable_balances/00/operations",
            "claimable_balance_id",
            "00 does not validate as claimableBalanceID",
        ),
        ("/accounts?signer=x&sponsor=x", "signer", ACCOUNT),
        ("/accounts?asset=USDC", "asset", ASSET),
        ("/accounts?asset=native", "asset", "you can't filter by asset: native"),
        ("/accounts?liquidity_pool=zz", "liquidity_pool", "zz does not validate as sha256"),
        ("/claimable_balances?asset=USDC:x", "asset", ASSET),
        ("/assets?asset_code=US-D", "asset_code", "US-D is not a valid asset code"),
        ("/assets?asset_issuer=G", "asset_issuer", "G is not a valid asset issuer"),
        ("/assets?cursor=USDC", "cursor", "the cursor is not a valid paging_token"),
        (f"/assets?cursor=U-_{ISSUER}_native", "cursor", "U- is not a valid asset code"),
        ("/assets?cursor=USD_G_native", "cursor", "G is not a valid asset issuer"),
        (f"/assets?cursor=USD_{ISSUER}_pool", "cursor", "pool is not a valid asset type"),
        ("/offers?selling=USDC:G", "selling", "strkey is 1 bytes long; minimum valid length is 5"),
        (f"/offers?buying=ABCDEFGHIJKLM:{ISSUER}", "buying", "Asset code length is invalid"),
        ("/offers?selling_asset_code=USDC", "selling_asset_type", "Missing parameter"),
        (
            "/offers?selling_asset_type=x",
            "selling_asset_type",
            "invalid asset type: was not one of 'native', 'credit_alphanum4', 'credit_alphanum12', "
            "'liquidity_pool_shares'",
        ),
        ("/offers?buying_asset_type=credit_alphanum4&buying_asset_code=TOOLONG", "buying_asset_code", CODE),
        (
            "/offers?buying_asset_type=credit_alphanum4&buying_asset_code=USD",
            "buying_asset_issuer",
            "Missing parameter",
        ),
        (
            "/offers?selling_asset_type=native&selling_asset_code=XLM",
            "selling_asset_code",
            "native asset does not have a code",
        ),
        (
            "/offers?selling=native&selling_asset_type=native",
            "selling_asset_type",
            "Ambiguous parameter, you can't include both `selling` and `selling_asset_type`. Remove all "
            "parameters of the form `selling_`",
        ),
        ("/trades?base_asset_type=x&counter_asset_type=native", "base_asset_type", KIND),
        (
            "/trades?base_asset_type=native&counter_asset_type=credit_alphanum4&counter_asset_issuer=G",
            "counter_asset_issuer",
            ACCOUNT,
        ),
        (
            "/trades?base_asset_type=credit_alphanum4&base_asset_code=USD&counter_asset_type=native",
            "base_asset",
            f"invalid base_asset: {SHORT}",
        ),
        (
            f"/trades?offer_id=5&{LUMENS}",
            "base_asset_type,counter_asset_type,offer_id",
            "this endpoint does not support filtering by both asset pair and offer id ",
        ),
        (
            f"/accounts/{ISSUER}/trades?offer_id=5",
            "account_id,liquidity_pool_id,offer_id",
            "Use a single filter for trades, you can only use one of account_id, liquidity_pool_id, offer_id",
        ),
        ("/trade_aggregations?resolution=60000", "base_asset_type", "Missing required field"),
        (
            "/trade_aggregations?base_asset_type=native&resolution=60000",
            "counter_asset_type",
            "Missing required field",
        ),
        (
            f"/trade_aggregations?{LUMENS}&resolution=60000&offset=-1",
            "offset",
            'schema: error converting value for "offset"',
        ),
        (
            "/paths/strict-send?source_asset_type=credit_alphanum4&source_asset_code=TOOLONG"
            "&source_amount=1&destination_assets=native",
            "source_asset_code",
            CODE,
        ),
        (
            "/paths/strict-receive?destination_asset_type=native&destination_asset_issuer="
            f"{ISSUER}&destination_amount=1&source_assets=native",
            "destination_asset_issuer",
            "native asset does not have an issuer",
        ),
        (
            f"/paths/strict-send?source_asset_type=native&source_amount={1:021}&destination_assets=native",
            "source_amount",
            "Amount must be positive",
        ),
    ],
)
async def test_a_refusal_names_the_field_and_the_reason(sandbox, path, field, reason):
    problem = await sandbox.problem(path, 400)
    assert problem["extras"] == {"invalid_field": field, "reason": reason}


async def test_some_refusals_name_no_field(sandbox):
    ledgers = await sandbox.problem("/ledgers?cursor=5-1", 400)
    assert "extras" not in ledgers
    query = "selling_asset_type=credit_alphanum4&selling_asset_code=USD&selling_asset_issuer=GABCDE"
    offers = await sandbox.problem(f"/offers?{query}", 400)
    assert offers["extras"] == {
        "reason": "bad selling asset: non-canonical strkey; unused leftover character"
    }


@pytest.mark.parametrize(
    ("strkey", "fault"),
    [
        ("", SHORT),
        ("GABCDE", "non-canonical strkey; unused leftover character"),
        ("GABCD", "non-canonical strkey; unused bits should be set to 0"),
        ("GABCA", "invalid checksum"),
        ("AAAAA", "invalid version byte"),
        (f"1{ISSUER[1:]}", "base32 decode failed: illegal base32 data at input byte 0"),
        (f"{ISSUER[:-1]}A", "invalid checksum"),
    ],
)
def test_what_is_wrong_with_an_address(strkey, fault):
    assert fault_of(strkey) == fault


async def test_accounts_need_one_filter(sandbox):
    for query in ("", f"?signer={ISSUER}&sponsor={OTHER}", f"?asset=USD:{ISSUER}&liquidity_pool={POOL}"):
        assert (await sandbox.problem(f"/accounts{query}", 400))["type"].endswith("invalid_accounts_params")


@pytest.mark.parametrize("value", ["true", "1", "T", "on"])
async def test_truth_has_many_spellings(sandbox, value):
    (alice, bob) = sandbox.fund("alice", "bob")
    signed = sandbox.sign(alice, Payment(bob.account, NATIVE, 10**17))
    await sandbox.post_and_close(signed.envelope_xdr)
    path = f"/accounts/{alice.account}/transactions"
    page = await sandbox.get(path, include_failed=value, order="desc", limit=1)
    assert [record["successful"] for record in page["_embedded"]["records"]] == [False]
    page = await sandbox.get(path, include_failed="0", order="desc", limit=1)
    assert [record["successful"] for record in page["_embedded"]["records"]] == [True]


async def test_a_filter_may_stand_in_the_query(sandbox):
    (alice, bob) = sandbox.fund("alice", "bob")
    sandbox.submit(alice, Payment(bob.account, NATIVE, XLM))
    ledger = sandbox.sandbox.history.latest
    for kind in ("operations", "payments", "effects", "transactions"):
        by_path = await sandbox.get(f"/accounts/{bob.account}/{kind}")
        by_query = await sandbox.get(f"/{kind}", account_id=bob.account)
        assert by_query["_embedded"] == by_path["_embedded"]
        of_ledger = await sandbox.get(f"/{kind}", ledger_id=ledger)
        assert of_ledger["_embedded"] == (await sandbox.get(f"/ledgers/{ledger}/{kind}"))["_embedded"]
        everything = await sandbox.get(f"/ledgers/0/{kind}")
        assert everything["_embedded"] == (await sandbox.get(f"/{kind}"))["_embedded"]


async def test_effects_of_what_never_was_are_none(sandbox):
    for path in (
        "/operations/99/effects",
        f"/operations/{2**64 - 1}/effects",
        f"/liquidity_pools/{POOL}/effects",
    ):
        assert (await sandbox.get(path))["_embedded"]["records"] == []


async def test_numbers_beyond_the_sign_are_before_history(sandbox):
    assert (await sandbox.problem(f"/operations/{2**63}", 410))["type"].endswith("before_history")
    assert (await sandbox.problem("/ledgers/4294967295", 410))["type"].endswith("before_history")
    await sandbox.problem(f"/offers/{2**63}", 404)


async def test_a_page_before_all_history_is_gone(sandbox):
    elder = sandbox.sandbox.history.elder << 32
    for kind in ("ledgers", "trades", "effects"):
        await sandbox.problem(f"/{kind}?order=desc&cursor={elder}", 410)
        await sandbox.get(f"/{kind}?order=desc&cursor={elder + 1}")
    assert (await sandbox.get(f"/offers?order=desc&cursor={elder}"))["_embedded"]["records"] == []


async def test_the_type_of_a_traded_asset_is_that_of_its_code(sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=100 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, XLM, 1, 1))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 1, 1))
    credit = f"asset_code=USDC&counter_asset_issuer={sandbox.usdc.issuer}"
    for kind in ("credit_alphanum4", "credit_alphanum12"):
        page = await sandbox.get(f"/trades?base_asset_type=native&counter_asset_type={kind}&counter_{credit}")
        assert [record["counter_asset_type"] for record in page["_embedded"]["records"]] == [
            "credit_alphanum4"
        ]


async def test_a_pair_of_assets_that_traded_with_others_only_is_empty(sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=100 * XLM)
    euro = type(sandbox.usdc)("EUR", maker.account)
    query = (
        f"base_asset_type=credit_alphanum4&base_asset_code=EUR&base_asset_issuer={euro.issuer}"
        f"&counter_asset_type=credit_alphanum4&counter_asset_code=USDC&counter_asset_issuer={sandbox.usdc.issuer}"
    )
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, XLM, 1, 1))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 1, 1))
    await sandbox.problem(f"/trades?{query}", 404)
    sandbox.submit(taker, ChangeTrust(euro, 100 * XLM))
    sandbox.submit(maker, ManageSellOffer(euro, NATIVE, XLM, 1, 1))
    sandbox.submit(taker, ManageSellOffer(NATIVE, euro, XLM, 1, 1))
    assert (await sandbox.get(f"/trades?{query}"))["_embedded"]["records"] == []
