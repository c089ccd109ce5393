"""The Secrets port on detect-secrets (package bc-detect-secrets, the fork that is kept): its detectors of keys.

Left out, with their reasons: high entropy (every request id looks like a secret), keywords (187 ms for 1,000 lines; our
own rules know names), private keys and basic auth (ours know where they stand), Artifactory (takes words such as
`APACHELOUNGE`), Cloudant, IBM Cloud and SoftLayer (50 ms for what our rules for names find). Nothing is ever verified
over the network: `analyze_string` only matches.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any


class DetectedSecrets:
    """What the detectors find. Loaded when first used: that takes 0.2 s and 4 MiB."""

    @cached_property
    def _detectors(self) -> tuple[Any, ...]:
        from detect_secrets.plugins import azure_storage_key, jwt, mailchimp, npm, sendgrid, slack, stripe, twilio
        from detect_secrets.plugins.aws import AWSKeyDetector
        from detect_secrets.plugins.discord import DiscordBotTokenDetector
        from detect_secrets.plugins.github_token import GitHubTokenDetector
        from detect_secrets.plugins.square_oauth import SquareOAuthDetector

        return (
            AWSKeyDetector(),
            azure_storage_key.AzureStorageKeyDetector(),
            DiscordBotTokenDetector(),
            GitHubTokenDetector(),
            jwt.JwtTokenDetector(),
            mailchimp.MailchimpDetector(),
            npm.NpmDetector(),
            sendgrid.SendGridDetector(),
            slack.SlackDetector(),
            SquareOAuthDetector(),
            stripe.StripeDetector(),
            twilio.TwilioKeyDetector(),
        )

    def find(self, line: str) -> Iterable[str]:
        """See the port."""
        return tuple(self._found(line))

    def _found(self, line: str) -> Iterator[str]:
        for detector in self._detectors:
            yield from (str(secret) for secret in detector.analyze_string(line))
