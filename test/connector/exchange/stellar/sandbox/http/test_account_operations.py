"""Operations on accounts, by issuers and on reserves: what Horizon shows of the account and of each deed."""

from dataclasses import replace

import pytest
import stellar_sdk
from stellar_sdk import StrKey

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import AccountKey, DataKey, SignerKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import (
    LiquidityPoolDeposit,
)
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    BumpSequence,
    ChangeTrust,
    Clawback,
    CreateAccount,
    EndSponsoringFutureReserves,
    ManageData,
    ManageSellOffer,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
    Signer,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

XLM = 10_000_000
ONE_TIME = StrKey.encode_pre_auth_tx(bytes(range(32)))


@pytest.fixture
def alice(sandbox):
    (key,) = sandbox.fund("alice")
    return key


async def records(sandbox, path, **parameters):
    return (await sandbox.get(path, **parameters))["_embedded"]["records"]


async def shown(sandbox, number=1):
    """Return the newest operations, oldest first, each with its effects as (type, account)."""
    found = []
    for operation in reversed(await records(sandbox, "/operations", order="desc", limit=number)):
        effects = await records(sandbox, f"/operations/{operation['id']}/effects")
        found.append((operation, [(effect["type"], effect["account"]) for effect in effects], effects))
    return found


async def test_options_are_shown_on_the_account_and_as_asked_for(sandbox, alice):
    friend = sandbox.key("friend").account
    asked = SetOptions(
        inflation_destination=alice.account,
        set_flags=1 | 2 | 8,
        master_weight=4,
        low_threshold=1,
        medium_threshold=2,
        high_threshold=3,
        home_domain="stellar.test",
        signer=Signer(friend, 9),
    )
    sandbox.submit(alice, asked, SetOptions(signer=Signer(ONE_TIME, 5)))
    account = await sandbox.get(f"/accounts/{alice.account}")
    assert account["thresholds"] == {"low_threshold": 1, "med_threshold": 2, "high_threshold": 3}
    assert [flag for flag, is_set in account["flags"].items() if is_set] == [
        "auth_required",
        "auth_revocable",
        "auth_clawback_enabled",
    ]
    assert (account["home_domain"], account["inflation_destination"]) == ("stellar.test", alice.account)
    assert account["subentry_count"] == 2
    assert account["signers"] == sorted(
        (
            {"weight": 9, "key": friend, "type": "ed25519_public_key"},
            {"weight": 5, "key": ONE_TIME, "type": "preauth_tx"},
            {"weight": 4, "key": alice.account, "type": "ed25519_public_key"},
        ),
        key=lambda signer: signer["key"],
    )
    ((operation, kinds, effects), (_, later, _)) = await shown(sandbox, 2)
    assert operation["type"] == "set_options"
    assert operation["set_flags"] == [1, 2, 8]
    assert operation["set_flags_s"] == ["auth_required", "auth_revocable", "auth_clawback_enabled"]
    assert (operation["signer_key"], operation["signer_weight"]) == (friend, 9)
    assert (operation["master_key_weight"], operation["med_threshold"]) == (4, 2)
    assert "clear_flags" not in operation
    assert [kind for kind, _ in kinds] == [
        "account_home_domain_updated",
        "account_thresholds_updated",
        "account_flags_updated",
        "account_inflation_destination_updated",
        "signer_updated",
        "signer_created",
    ]
    assert effects[4]["weight"] == 4
    assert later == [("signer_created", alice.account)]


@pytest.mark.parametrize(("protocol", "word"), [(19, "unknown"), (20, "ed25519_signed_payload")])
async def test_who_signs_for_a_payload_had_no_name_at_first(sandbox, alice, protocol, word):
    payload = stellar_sdk.SignerKey.ed25519_signed_payload(
        stellar_sdk.SignedPayloadSigner(alice.account, b"payload")
    ).encoded_signer_key
    sandbox.submit(alice, SetOptions(signer=Signer(payload, 1)))
    network = sandbox.sandbox.network
    network.header = replace(network.header, protocol=protocol)
    signers = (await sandbox.get(f"/accounts/{alice.account}"))["signers"]
    assert [signer["type"] for signer in signers] == ["ed25519_public_key", word]


async def test_a_master_key_without_weight_comes_last(sandbox, alice):
    signers = [Signer(sandbox.key(name).account, 1) for name in ("one", "two")]
    sandbox.submit(alice, *(SetOptions(signer=one) for one in signers), SetOptions(master_weight=0))
    account = await sandbox.get(f"/accounts/{alice.account}")
    keys = [signer["key"] for signer in account["signers"]]
    assert keys == [*sorted(signer.key for signer in signers), alice.account]
    assert account["signers"][-1]["weight"] == 0
    (_, kinds, _) = (await shown(sandbox))[0]
    assert kinds == [("signer_removed", alice.account)]
    found = await records(sandbox, "/accounts", signer=signers[0].key)
    assert [one["id"] for one in found] == [alice.account]
    assert await records(sandbox, "/accounts", signer=alice.account) == []


async def test_data_is_shown_on_the_account_and_by_its_name(sandbox, alice):
    sandbox.submit(alice, ManageData("a", b"value"), ManageData("b", b"\xff"), ManageData("b", b"2"))
    assert (await sandbox.get(f"/accounts/{alice.account}"))["data"] == {"a": "dmFsdWU=", "b": "Mg=="}
    assert await sandbox.get(f"/accounts/{alice.account}/data/a") == {"value": "dmFsdWU="}
    kinds = [effect for _, effects, _ in await shown(sandbox, 3) for effect, _ in effects]
    assert kinds == ["data_created", "data_created", "data_updated"]
    sandbox.submit(alice, ManageData("a", None))
    await sandbox.problem(f"/accounts/{alice.account}/data/a", 404)
    await sandbox.problem(f"/accounts/{sandbox.key('nobody').account}/data/a", 404)
    problem = await sandbox.problem(f"/accounts/{alice.account}/data/{'x' * 65}", 400)
    assert problem["extras"]["invalid_field"] == "key"
    ((operation, kinds, _),) = await shown(sandbox)
    assert (operation["name"], operation["value"]) == ("a", "")
    assert kinds == [("data_removed", alice.account)]


async def test_who_pays_for_what_is_shown_wherever_it_lies(sandbox, alice):
    usdc = sandbox.usdc
    (bob,) = sandbox.fund("bob", usdc=0)
    carol, signer = sandbox.key("carol"), sandbox.key("signer").account
    signed = sandbox.sign(
        alice,
        BeginSponsoringFutureReserves(carol.account),
        CreateAccount(carol.account, 0),
        ChangeTrust(usdc, XLM, source=carol.account),
        ManageData("a", b"1", source=carol.account),
        SetOptions(signer=Signer(signer, 1), source=carol.account),
        EndSponsoringFutureReserves(source=carol.account),
        also=(carol,),
    )
    assert sandbox.sandbox.submit(signed.envelope_xdr).status == "PENDING"
    await sandbox.close()
    account = await sandbox.get(f"/accounts/{carol.account}")
    assert (account["sponsor"], account["num_sponsored"], account["num_sponsoring"]) == (alice.account, 5, 0)
    assert account["balances"][0]["sponsor"] == alice.account
    assert {one["key"]: one.get("sponsor") for one in account["signers"]} == {
        carol.account: None,
        signer: alice.account,
    }
    named = await sandbox.get(f"/accounts/{carol.account}/data/a")
    assert named == {"value": "MQ==", "sponsor": alice.account}
    assert (await sandbox.get(f"/accounts/{alice.account}"))["num_sponsoring"] == 5
    assert [one["id"] for one in await records(sandbox, "/accounts", sponsor=alice.account)] == [
        carol.account
    ]
    begun, created, trusted, kept, joined, ended = await shown(sandbox, 6)
    assert begun[0]["sponsored_id"] == carol.account
    assert ended[0]["begin_sponsor"] == alice.account
    assert [one[0].get("sponsor") for one in (created, trusted, kept, joined)] == [alice.account] * 4
    for (_, kinds, _), kind in (
        (created, "account_sponsorship_created"),
        (trusted, "trustline_sponsorship_created"),
        (kept, "data_sponsorship_created"),
        (joined, "signer_sponsorship_created"),
    ):
        assert kinds[-1] == (kind, carol.account)

    sandbox.submit(
        alice,
        BeginSponsoringFutureReserves(alice.account, source=bob.account),
        RevokeSponsorship(SignerKey(carol.account, signer)),
        RevokeSponsorship(DataKey(carol.account, "a")),
        EndSponsoringFutureReserves(),
        also=(bob,),
    )
    _, first, second, _ = await shown(sandbox, 4)
    assert first[0]["signer_account_id"] == carol.account
    assert first[0]["signer_key"] == signer
    assert first[1] == [("signer_sponsorship_updated", carol.account)]
    assert (first[2][0]["former_sponsor"], first[2][0]["new_sponsor"]) == (alice.account, bob.account)
    assert (second[0]["data_account_id"], second[0]["data_name"]) == (carol.account, "a")
    sandbox.submit(sandbox.sandbox.network.root_key(), Payment(carol.account, NATIVE, 9 * XLM))
    sandbox.submit(alice, RevokeSponsorship(AccountKey(carol.account)))
    ((operation, kinds, _),) = await shown(sandbox)
    assert operation["account_id"] == carol.account
    assert kinds == [("account_sponsorship_removed", carol.account)]
    assert "sponsor" not in await sandbox.get(f"/accounts/{carol.account}")
    # Alice still pays the reserve of the trustline, and bob those of the signer and the data.
    for sponsor in (alice, bob):
        found = await records(sandbox, "/accounts", sponsor=sponsor.account)
        assert [one["id"] for one in found] == [carol.account]


async def test_who_pays_the_reserve_of_pool_shares_is_not_shown(sandbox, alice):
    (carol,) = sandbox.fund("carol", usdc=20 * XLM)
    parameters = pool_of(NATIVE, sandbox.usdc)
    sandbox.submit(
        alice,
        BeginSponsoringFutureReserves(carol.account),
        ChangeTrust(parameters, XLM, source=carol.account),
        EndSponsoringFutureReserves(source=carol.account),
        also=(carol,),
    )
    shares, *_ = (await sandbox.get(f"/accounts/{carol.account}"))["balances"]
    assert (shares["asset_type"], "sponsor" in shares) == ("liquidity_pool_shares", False)
    effect = (await records(sandbox, "/effects", order="desc", limit=2))[-1]
    assert (effect["type"], effect["sponsor"]) == ("trustline_sponsorship_created", alice.account)


async def test_an_issuer_s_deeds_are_shown(sandbox):
    sandbox.fund("alice", usdc=0)
    usdc, issuer = sandbox.usdc, sandbox.issuer
    sandbox.submit(issuer, SetOptions(set_flags=2 | 8))
    (carol,) = sandbox.fund("carol", usdc=20 * XLM)
    parameters = pool_of(NATIVE, usdc)
    deposit = LiquidityPoolDeposit(pool_id(parameters), XLM, XLM, 1, 1, 1, 1)
    sandbox.submit(carol, ChangeTrust(parameters, XLM), deposit, ManageSellOffer(usdc, NATIVE, XLM, 1, 1))
    sandbox.submit(issuer, Clawback(usdc, carol.account, 5 * XLM))
    ((operation, kinds, _),) = await shown(sandbox)
    assert (operation["from"], operation["amount"]) == (carol.account, "5.0000000")
    assert kinds == [("account_credited", issuer.account), ("account_debited", carol.account)]

    sandbox.submit(issuer, SetTrustLineFlags(carol.account, usdc, clear_flags=1, set_flags=2))
    ((operation, kinds, effects),) = await shown(sandbox)
    assert (operation["set_flags"], operation["clear_flags_s"]) == ([2], ["authorized"])
    assert kinds == [("trustline_flags_updated", issuer.account)]
    assert effects[0]["authorized_flag"] is False
    lines = (await sandbox.get(f"/accounts/{carol.account}"))["balances"]
    (line,) = (one for one in lines if one.get("asset_code") == "USDC")
    assert (line["is_authorized"], line["is_authorized_to_maintain_liabilities"]) == (False, True)
    assert len(await records(sandbox, f"/accounts/{carol.account}/offers")) == 1

    sandbox.submit(issuer, AllowTrust(carol.account, "USDC", 0))
    ((operation, kinds, effects),) = await shown(sandbox)
    assert (operation["trustee"], operation["trustor"]) == (issuer.account, carol.account)
    assert operation["authorize"] is False
    assert kinds[:2] == [
        ("trustline_deauthorized", issuer.account),
        ("trustline_flags_updated", issuer.account),
    ]
    revoked = next(effect for effect in effects if effect["type"] == "liquidity_pool_revoked")
    assert revoked["shares_revoked"] == "1.0000000"
    assert await records(sandbox, f"/accounts/{carol.account}/offers") == []
    balances = await records(sandbox, "/claimable_balances", claimant=carol.account)
    assert {balance["id"] for balance in balances} == {
        reserve["claimable_balance_id"] for reserve in revoked["reserves_revoked"]
    }
    assert {balance["asset"]: balance["flags"]["clawback_enabled"] for balance in balances} == {
        "native": False,
        str(usdc): True,
    }


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (1, "trustline_authorized"),
        (2, "trustline_authorized_to_maintain_liabilities"),
    ],
)
async def test_the_older_form_of_authorization_has_two_effects(sandbox, level, word):
    (bob,) = sandbox.fund("bob", usdc=0)
    issuer = sandbox.issuer
    sandbox.submit(issuer, SetOptions(set_flags=2), AllowTrust(bob.account, "USDC", level))
    ((operation, kinds, effects),) = await shown(sandbox)
    assert operation["authorize"] is (level == 1)
    assert operation["authorize_to_maintain_liabilities"] is (level > 0)
    assert [kind for kind, _ in kinds] == [word, "trustline_flags_updated"]
    assert effects[1].get("authorized_flag") is (True if level == 1 else None)


async def test_a_merged_account_is_gone_but_remembered(sandbox, alice):
    (bob,) = sandbox.fund("bob", lumens=7 * XLM)
    number = sandbox.sandbox.network.state.accounts[bob.account].sequence
    sandbox.submit(bob, BumpSequence(number + 10), fee=100)
    ((operation, kinds, effects),) = await shown(sandbox)
    assert operation["bump_to"] == str(number + 10)
    assert kinds == [("sequence_bumped", bob.account)]
    assert effects[0]["new_seq"] == str(number + 10)
    sandbox.submit(bob, AccountMerge(alice.account), fee=100)
    await sandbox.problem(f"/accounts/{bob.account}", 404)
    ((operation, kinds, effects),) = await shown(sandbox)
    assert (operation["account"], operation["into"]) == (bob.account, alice.account)
    assert kinds == [
        ("account_debited", bob.account),
        ("account_credited", alice.account),
        ("account_removed", bob.account),
    ]
    assert effects[1]["amount"] == "6.9999800"
    assert (await records(sandbox, f"/accounts/{bob.account}/payments"))[-1]["type"] == "account_merge"
