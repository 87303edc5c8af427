"""What losses are counted from, also when the markets of the configuration change."""

from decimal import Decimal

from hummingbot.strategy.ai_stellar.risk.equity_record import DAY, EquityRecord, basis_of

D = Decimal
LUMENS = basis_of("USDC", ["XLM-USDC"])
EUROS = basis_of("EURC", ["XLM-EURC"])
THREE = basis_of("USDC", ["XLM-USDC", "AQUA-XLM"])


def after(*seen: tuple[int, str, str]) -> EquityRecord:
    record = EquityRecord()
    for time, equity, basis in seen:
        record.observe(time, D(equity), basis)
    return record


def test_what_is_counted_and_in_what_makes_the_basis() -> None:
    assert LUMENS == "USDC, XLM in USDC"
    assert basis_of("USDC", ["XLM-USDC", "AQUA-XLM"]) == basis_of("USDC", ["AQUA-XLM", "XLM-USDC"])
    assert len({LUMENS, EUROS, THREE, basis_of("XLM", ["USDC-XLM"])}) == 4


def test_the_day_and_the_peak_are_followed() -> None:
    record = after((0, "100", ""), (3600, "110", ""), (DAY, "99", ""))
    assert record.daily_loss(D(99)) == 0
    assert record.drawdown(D(99)) == D("0.1")
    assert record.carried_from is None


def test_equity_in_another_currency_is_no_loss() -> None:
    record = after((0, "9000", LUMENS), (3600, "800", EUROS))
    assert record.drawdown(D(800)) == 0
    assert record.daily_loss(D(800)) == 0
    assert record.carried_from == LUMENS


def test_a_change_of_markets_hides_no_loss() -> None:
    record = after((0, "1000", LUMENS), (3600, "900", LUMENS), (7200, "4500", THREE))
    assert record.drawdown(D(4500)) == D("0.1")
    assert record.daily_loss(D(4500)) == D("0.1")
    assert record.drawdown(D(4000)) == D("0.2")


def test_back_and_forth_changes_nothing() -> None:
    record = after((0, "1000", LUMENS), (1, "900", LUMENS), (2, "4500", THREE), (3, "900", LUMENS))
    assert record.drawdown(D(900)) == D("0.1")
    assert record.peak == 1000


def test_markets_of_which_nothing_is_held_tell_nothing() -> None:
    record = after((0, "1000", LUMENS), (3600, "0", EUROS))
    assert record.drawdown(D(0)) == 1
    record.observe(7200, D(950), LUMENS)
    assert record.drawdown(D(950)) == D("0.05")


def test_after_nothing_comes_a_new_beginning() -> None:
    record = after((0, "0", LUMENS), (3600, "50", EUROS))
    assert record.first == record.peak == record.day_start == 50
