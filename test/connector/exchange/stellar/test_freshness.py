"""A closed ledger wakes what follows it once; nothing is asked again and again."""

from collections import Counter

LEDGERS = 40


async def test_ledgers_without_news_for_us_cost_next_to_nothing(traders, faulty, sandbox):
    (maker,) = await traders("maker", url=faulty.url)
    maker.sell("100", "0.1")
    await maker.resting(1)
    history = sandbox.sandbox.history
    await maker.until(lambda: history.latest % 10 == 0)
    first, asked = history.latest, len(faulty.requests)
    await maker.until(lambda: history.latest >= first + LEDGERS)

    requests = Counter(faulty.requests[asked:])
    assert maker.exchange.ledger_clock.sequence >= first + LEDGERS - 1
    assert requests.total() <= LEDGERS // 2, requests


async def test_a_ledger_that_fills_us_costs_a_handful_of_requests(traders, faulty):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    maker.sell("1000", "0.1")
    await maker.resting(1)
    asked, fills = len(faulty.requests), 10
    for number in range(1, fills + 1):
        bid = taker.buy("10", "0.1")
        await taker.until(lambda bid=bid: "BuyOrderCompleted" in taker.told(bid))
        await maker.until(lambda number=number: len(maker.fills()) == number)
    held = maker.ledger_balances()
    await maker.until(lambda: maker.exchange.stroop_balances() == held)

    requests = Counter(faulty.requests[asked:])
    assert requests.total() <= 5 * fills, requests
