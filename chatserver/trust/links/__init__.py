"""The phishing shield: what links in a chat really are, and who pretends to speak for the company."""

from chatserver.trust.links.impersonation import impersonates
from chatserver.trust.links.judging import Link, judge
from chatserver.trust.links.official import Official

__all__ = ["Link", "Official", "impersonates", "judge"]
