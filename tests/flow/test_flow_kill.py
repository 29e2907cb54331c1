"""kill -9 at random moments of a run, and again, until it ends by itself: nothing is lost and nothing is doubled."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

from papers import PAPERS, Installation, Mode, make_papers, running

KILLS = 20
MOST_EVENTS = 110  # a run asks 50 feeds and 130 pages and sends 320 messages: each start gets some way into it
IN_FLIGHT = 4  # sends at one endpoint at a time, as the runner bounds them: what one kill can repeat


def test_killed_twenty_times_it_ends_with_the_same_alerts(tmp_path: Path) -> None:
    modes = [Mode.ERROR, Mode.MALFORMED, Mode.REDIRECT, Mode.GZIP, Mode.CUT, *[Mode.GOOD] * (PAPERS - 5)]
    chance = random.Random(20250607)  # noqa: S311  the same moments each time
    with running(make_papers(7, modes)) as world:
        home = Installation(tmp_path, world)
        alive = 0
        for _ in range(KILLS):
            process = home.start("run", "--once", "--all")
            world.wait_for_events(chance.randint(1, MOST_EVENTS), process)
            alive += process.poll() is None
            process.kill()
            process.communicate()
        assert alive >= KILLS * 3 // 4, "most kills must hit a run that is under way"
        home.ask("run", "--once", "--all")

        truth = Counter(world.truth)
        files = home.alert_files()
        assert Counter((alert["watch"], alert["story"]["url"]) for alert in files) == truth
        listed = home.ask("alerts", "--limit", "1000")
        assert Counter((alert["watch"], alert["story"]["url"]) for alert in listed) == truth
        assert {alert["id"] for alert in listed} == {alert["id"] for alert in files}
        assert home.ask("verify") == {"good": True, "faults": []}, "a story and the page that was kept of it differ"
        assert {one["state"] for one in home.ask("outbox", "--limit", "1000")} == {"delivered"}

        bodies, alerts = defaultdict(set), defaultdict(set)
        for call in world.calls:
            bodies[call.id].add(call.body)
            alerts[call.data["id"]].add(call.id)
        assert set(alerts) == {alert["id"] for alert in files}
        assert all(len(ids) == 1 for ids in alerts.values()), "one alert under two webhook-ids"
        assert all(len(same) == 1 for same in bodies.values()), "one webhook-id with two bodies"
        assert len(world.calls) - len(bodies) <= KILLS * IN_FLIGHT

        mails = defaultdict(set)
        for mail in world.messages():
            mails[mail["X-Watcher-Alert"]].add(mail["Message-ID"])
        assert set(mails) == set(alerts)
        assert all(len(ids) == 1 for ids in mails.values()), "one alert under two Message-IDs"
        assert len(world.mails) - len(mails) <= KILLS * IN_FLIGHT
