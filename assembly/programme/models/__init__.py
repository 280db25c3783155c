"""Drafts that organisers edit, and revisions that everybody reads."""

from assembly.programme.models.drafts import Interpretation, Participation, Session
from assembly.programme.models.revisions import PublishedSession, Revision

__all__ = ["Interpretation", "Participation", "PublishedSession", "Revision", "Session"]
