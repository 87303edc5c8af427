"""A journal that is opened again says what it said, whatever was written and wherever it stopped."""

import asyncio
import logging
import os
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ManageBuyOffer,
    ManageSellOffer,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord, TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.transactions.errors import JournalError
from hummingbot.connector.exchange.stellar.transactions.instructions import Cancellation, Order, Placement
from hummingbot.connector.exchange.stellar.transactions.journal import journal as journal_module
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal, journal_path
from hummingbot.connector.exchange.stellar.transactions.order_events import Ended, Ending, Filled, Opened
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord, fee_shares
from hummingbot.connector.exchange.stellar.transactions.sent import Sent

KEY = SigningKey(bytes(range(32)))
USDC = Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN")
NETWORK, NETWORK_ID = "a network", bytes(32)
LOGGER = logging.getLogger("journal")


def opened(folder, account=KEY.account, domain="stellar_local"):
    return Journal(folder / "a.journal", account, domain, LOGGER)


def order(number, is_buy=False):
    return Order(
        f"order-{number}", "XLM-USDC", NATIVE, USDC, is_buy, 1000, "LIMIT", Decimal("0.1"), 1_700_000_000.5
    )


def placement(number, is_buy=False):
    make = ManageBuyOffer(USDC, NATIVE, 1000, 1, 10) if is_buy else ManageSellOffer(NATIVE, USDC, 1000, 1, 10)
    return Placement(order(number, is_buy), make)


def cancellation(number, offer_id):
    return Cancellation(f"order-{number}", ManageSellOffer(NATIVE, USDC, 0, 1, 1, offer_id))


def transaction(sequence, instructions, ledger=100):
    operations = tuple(entry.operation for entry in instructions)
    tx = Transaction(KEY.account, 100 * len(operations), sequence, operations, max_time=sequence)
    return Sent(sign_transaction(tx, NETWORK_ID, (KEY,)), KEY.account, sequence, sequence, ledger, 100)


def rested(number, toid, fee=100):
    offer = OfferRecord(KEY.account, 7000 + number, NATIVE, USDC, 1000, 1, 10)
    return Opened(f"order-{number}", f"{7000 + number}:{toid}", offer, fee)


def filled(number, toid, base, fee=0):
    return Filled(f"order-{number}", "", f"{toid}-0", base, base // 10, False, fee, toid >> 32, 1)


class Run:
    """A connector's life with a journal, as a list of choices tells it."""

    def __init__(self, journal):
        self.journal = journal
        self.resting = {}
        self.made = 0
        self.ledger = 100
        self.charged = 0

    def go(self, choice, size):
        steps = (self.trade, self.succeed, self.fail, self.refuse, self.leave_open, self.tell)
        steps[choice](size)

    def send(self, size):
        self.ledger += 1
        cancels = list(self.resting.items())[: size // 2]
        instructions = [cancellation(number, own.offer.offer_id) for number, own in cancels]
        for _ in range(1 + size // 2):
            self.made += 1
            instructions.append(placement(self.made, self.made % 3 == 0))
        sent = transaction(self.made, instructions, self.ledger)
        asyncio.run(self.journal.send(sent, instructions, f"{self.ledger:064x}"))
        return sent, instructions

    def record(self, sent, code, fee):
        self.charged += fee
        return TransactionRecord(sent.name, self.ledger << 32, self.ledger, 1, TransactionResult(fee, code))

    def succeed(self, size):
        sent, instructions = self.send(size)
        fee = 100 * len(instructions) + size
        events = []
        for index, (entry, share) in enumerate(
            zip(instructions, fee_shares(fee, len(instructions)), strict=True)
        ):
            number = int(entry.client_order_id.split("-")[1])
            if isinstance(entry, Cancellation):
                del self.resting[number]
                events.append(Ended(entry.client_order_id, Ending.CANCELLED))
            elif number % 7 == 0:
                events.append(Ended(entry.client_order_id, Ending.REJECTED, "dust"))
            else:
                self.resting[number] = rested(number, (self.ledger << 32) + index + 1, share)
                events.append(self.resting[number])
        record = self.record(sent, "txSUCCESS", fee)
        self.journal.decided(sent.name, "applied", "txSUCCESS", record, events, f"{self.ledger << 32}-5")

    def fail(self, size):
        sent, _ = self.send(size)
        self.journal.decided(sent.name, "failed", "txFAILED", self.record(sent, "txFAILED", 300 + size))

    def refuse(self, size):
        sent, _ = self.send(size)
        self.journal.decided(sent.name, ("refused", "expired")[size % 2], "txBAD_SEQ", None)

    def leave_open(self, size):
        self.send(size)

    def trade(self, size):
        self.ledger += 1
        for number in list(self.resting)[:size]:
            toid = (self.ledger << 32) + number
            state = self.journal.state.orders.get(f"order-{number}")
            events = [filled(number, toid, 100, state.fee_due if state else 0)]
            if state and state.base_amount >= 900:
                del self.resting[number]
                events.append(Ended(f"order-{number}", Ending.FILLED))
            self.journal.happened(events, f"{toid}-0")

    def tell(self, size):
        for _ in range(size):
            if self.journal.state.untold:
                self.journal.told()


CHOICES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=25)


def check_fees(state, charged):
    assert state.fees.charged == charged
    assert state.fees.due == sum(own.fee_due for own in state.orders.values() if not own.has_ended)
    assert min(state.fees.stated, state.fees.cancels, state.fees.failed, state.fees.unfilled) >= 0


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_whatever_happened_a_journal_opened_again_says_the_same(tmp_path_factory, choices):
    folder = tmp_path_factory.mktemp("journal")
    with closing(opened(folder)) as journal:
        journal.begin(NETWORK)
        run = Run(journal)
        for choice, size in choices:
            run.go(choice, size)
            check_fees(journal.state, run.charged)
        said = journal.state.to_json()

    with closing(opened(folder)) as again:
        again.begin(NETWORK)
        assert again.state.to_json() == said
        assert again.state.undecided == journal.state.undecided


@settings(max_examples=30, deadline=None)
@given(CHOICES, CHOICES)
def test_a_journal_that_is_added_up_says_the_same_then_and_later(tmp_path_factory, before, after):
    folder = tmp_path_factory.mktemp("journal")
    with closing(opened(folder)) as journal, pytest.MonkeyPatch.context() as patch:
        journal.begin(NETWORK)
        run = Run(journal)
        for choice, size in before:
            run.go(choice, size)
        patch.setattr(journal_module, "MOST", 0)
        run.leave_open(2)
        patch.undo()
        for choice, size in after:
            run.go(choice, size)
        check_fees(journal.state, run.charged)
        said = journal.state.to_json()

    with closing(opened(folder)) as again:
        assert again.state.to_json() == said
    assert (folder / "a.journal.previous").exists()


@settings(max_examples=20, deadline=None)
@given(CHOICES, st.integers(0, 10**9))
def test_a_journal_cut_off_anywhere_says_what_its_whole_records_say(tmp_path_factory, choices, where):
    folder = tmp_path_factory.mktemp("journal")
    with closing(opened(folder)) as journal:
        journal.begin(NETWORK)
        run = Run(journal)
        for choice, size in choices:
            run.go(choice, size)
    content = (folder / "a.journal").read_bytes()
    cut = where % (len(content) + 1)
    lines = [line for line in content.splitlines(keepends=True) if line.strip()]
    whole = [line for index, line in enumerate(lines) if len(b"".join(lines[: index + 1])) - 1 <= cut]

    said = []
    for left in (content[:cut], b"".join(whole)):
        (folder / "a.journal").write_bytes(left)
        with closing(opened(folder)) as again:
            again.begin(NETWORK)
            said.append(again.state.to_json())

    assert said[0] == said[1]


def test_an_order_is_known_from_before_it_is_sent_until_its_end_is_told(tmp_path):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
        sent = transaction(1, [placement(1)])
        known = []

        def note():
            known.append(list(journal.state.orders))

        asyncio.run(journal.send(sent, [placement(1)], ""))
        note()
        record = TransactionRecord(sent.name, 101 << 32, 101, 1, TransactionResult(100, "txSUCCESS"))
        journal.decided(sent.name, "applied", "txSUCCESS", record, [rested(1, (101 << 32) + 1)], "")
        note()
        journal.told()
        journal.happened([filled(1, 102 << 32, 1000, 100), Ended("order-1", Ending.FILLED)], "x")
        note()
        journal.told()
        note()

    assert known == [["order-1"], ["order-1"], ["order-1"], []]
    assert (journal.state.fees.charged, journal.state.fees.stated, journal.state.fees.due) == (100, 100, 0)


def test_an_order_that_is_sent_again_after_a_refusal_is_known_by_its_new_transaction(tmp_path):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
        first, second = transaction(1, [placement(1)]), transaction(2, [placement(1)])
        asyncio.run(journal.send(first, [placement(1)], ""))
        journal.decided(first.name, "refused", "txINSUFFICIENT_FEE", None)
        assert not journal.state.orders
        asyncio.run(journal.send(second, [placement(1)], ""))

    with closing(opened(tmp_path)) as again:
        assert list(again.state.undecided) == [second.name]
        assert list(again.state.orders) == ["order-1"]


@pytest.mark.parametrize(
    ("account", "domain", "network", "says"),
    [
        (
            SigningKey(bytes(32)).account,
            "stellar_local",
            NETWORK,
            f"of account {KEY.account} on stellar_local, not of",
        ),
        (KEY.account, "stellar", NETWORK, "not of .* on stellar: put it back where it belongs"),
        (
            KEY.account,
            "stellar_local",
            "another network",
            "of the network 'a network', but the node belongs to",
        ),
    ],
)
def test_another_accounts_or_networks_journal_is_refused_and_left_alone(
    tmp_path, account, domain, network, says
):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
    content = (tmp_path / "a.journal").read_bytes()

    with pytest.raises(JournalError, match=says) as error:
        opened(tmp_path, account, domain).begin(network)
    assert "\n" not in str(error.value)
    assert (tmp_path / "a.journal").read_bytes() == content


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "sent", "hash": "00"},
        {"kind": "decided", "hash": "00"},
        {"kind": "happened", "events": [{"opened": 1}], "position": ""},
        {"kind": "something new", "events": [], "position": ""},
        {"kind": "state"},
    ],
)
def test_a_record_that_this_version_cannot_read_is_named(tmp_path, record):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
        journal._file.append(record)

    with pytest.raises(JournalError, match="holds in line 2 what this version cannot read") as error:
        opened(tmp_path)
    assert "\n" not in str(error.value)


def test_a_file_of_another_kind_is_not_taken_for_a_journal(tmp_path):
    with closing(opened(tmp_path)) as journal:
        journal._file.append({"kind": "sent"})

    with pytest.raises(JournalError, match="is not a journal of this version"):
        opened(tmp_path)


def test_a_torn_record_is_told_in_a_sentence(tmp_path, caplog):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
        asyncio.run(journal.send(transaction(1, [placement(1)]), [placement(1)], ""))
    path = tmp_path / "a.journal"
    path.write_bytes(path.read_bytes()[:-100])

    with closing(opened(tmp_path)) as again:
        assert not again.state.orders
    assert "ended in the middle of a record" in caplog.text
    assert "nothing is sent before its record is whole" in caplog.text


def test_what_the_disk_did_not_take_is_written_before_the_next_transaction(tmp_path, monkeypatch, caplog):
    with closing(opened(tmp_path)) as journal:
        journal.begin(NETWORK)
        run = Run(journal)
        run.succeed(4)
        with monkeypatch.context() as patch:
            patch.setattr(journal_module.JournalFile, "append", _full)
            journal.told()
            run.trade(2)
            with pytest.raises(JournalError, match="full"):
                run.leave_open(0)
        assert "full" in caplog.text
        journal._file._failed = True
        run.trade(1)
        run.leave_open(2)
        said = journal.state.to_json()

    with closing(opened(tmp_path)) as again:
        assert again.state.to_json() == said


def _full(self, record):
    raise JournalError("the disk is full")


def test_each_account_of_each_domain_has_a_journal_of_its_own(tmp_path):
    accounts = KEY.account, SigningKey(bytes(32)).account
    paths = {journal_path(tmp_path, d, a) for d in ("stellar", "stellar_testnet") for a in accounts}

    assert len(paths) == 4


def test_a_transaction_that_could_not_be_synced_is_not_sent_by_the_next_run(tmp_path, monkeypatch):
    journal = opened(tmp_path)
    journal.begin(NETWORK)
    errors = [OSError(5, "Input/output error")]

    def breaks_once(fd):
        if errors:
            raise errors.pop()

    monkeypatch.setattr(os, "fdatasync", breaks_once)
    with pytest.raises(JournalError, match="Input/output error"):
        asyncio.run(journal.send(transaction(1, [placement(1)]), [placement(1)], ""))
    journal.close()

    with closing(opened(tmp_path)) as again:
        assert not again.state.undecided
        assert not again.state.orders
