"""Reports of steps -> lines of the log. A normal day is quiet: alerts, first failures, what did not arrive."""

from __future__ import annotations

from loguru import logger

from watcher.model import Answer, CaptureReport, Outcome, PollReport, PollResult, Subscription, SubscriptionState


def log_report(report: object, id_: str) -> None:
    if isinstance(report, PollReport):
        _log_poll(report)
    elif isinstance(report, Subscription):
        _log_subscription(report)
    elif isinstance(report, CaptureReport):
        for alert in report.alerts:
            found = alert.story.extraction
            logger.info(
                "alert raised", watch=alert.watch, reason=alert.reason, title=found.title, url=found.url, alert=alert.id
            )
    elif isinstance(report, Outcome) and (report.answer is not Answer.DELIVERED or report.refused):
        level = "WARNING" if report.refused or report.answer is Answer.REJECTED else "INFO"
        logger.log(level, f"delivery {report.answer}", delivery=id_, reason=report.told)


def _log_subscription(subscription: Subscription) -> None:
    refused = subscription.problem is not None and subscription.tries == 1
    level = "WARNING" if refused and subscription.state is not SubscriptionState.LEAVING else "DEBUG"
    logger.log(
        level,
        f"subscription {subscription.state}",
        topic=subscription.topic,
        hub=subscription.hub,
        problem=subscription.problem,
    )


def _log_network(*, back: bool) -> None:
    if back:
        logger.info("the network is back: most hosts can be reached again")
    else:
        logger.warning("most hosts cannot be reached at once: it is our network, and no feed is blamed")


def _log_poll(report: PollReport) -> None:
    if report.network is not None:
        _log_network(back=report.network)
    if report.result is PollResult.FAILED:
        level = "WARNING" if report.failures == 1 else "DEBUG"
        logger.log(level, "poll failed", feed=report.feed, failures=report.failures, problem=report.problem)
        return
    logger.debug(
        f"poll {report.result}", feed=report.feed, new=report.new, matches=report.matches, problem=report.problem
    )
    if report.flood:
        logger.warning("feed changed its guids", feed=report.feed)
    if report.missed:
        logger.warning("feed turned over between two polls: entries were missed", feed=report.feed)
