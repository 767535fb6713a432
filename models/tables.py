"""Imports every table, for migrations and tests that need them all."""

from models.absences import Absence
from models.areas import Area, AreaCode
from models.audit import AuditRow
from models.base import Base
from models.calendar import CalendarDay
from models.drafts import Draft
from models.duties import Duty, DutyEvent
from models.duties.checkmarks import Checkmark
from models.findings import Finding
from models.households import Assignment, Household, Member, Nickname
from models.imports import Import, ImportRow
from models.inbox import InboxRow
from models.installation import Fact
from models.notices import Notice
from models.outbox import Attempt, Message
from models.people import Grant, Invitation, Person
from models.photos import Photo, PhotoFile
from models.requests import Request
from models.rules import Rule
from models.visits import Visit, VisitReturn, VisitVersion
from models.words import Word

metadata = Base.metadata

__all__ = [
    "Absence",
    "Area",
    "AreaCode",
    "Assignment",
    "Attempt",
    "AuditRow",
    "CalendarDay",
    "Checkmark",
    "Draft",
    "Duty",
    "DutyEvent",
    "Fact",
    "Finding",
    "Grant",
    "Household",
    "Import",
    "ImportRow",
    "InboxRow",
    "Invitation",
    "Member",
    "Message",
    "Nickname",
    "Notice",
    "Person",
    "Photo",
    "PhotoFile",
    "Request",
    "Rule",
    "Visit",
    "VisitReturn",
    "VisitVersion",
    "Word",
    "metadata",
]
