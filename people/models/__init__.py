"""People, where they are, what they can do, the sites hosted for them."""

from people.models.calendars import ClosedDay, ServiceCalendar
from people.models.follows import Follow, MailChoice, Mute
from people.models.levels import LevelGrant
from people.models.moderation import Flag, Removal
from people.models.notices import Notice, NoticeChoice
from people.models.person import (
    AboutText,
    Block,
    Person,
    PersonLanguage,
    PersonSkill,
    Place,
    RoleGrant,
    Skill,
    SkillName,
)
from people.models.push import OutgoingPush, PushSubscription
from people.models.reviews import Appeal, Hold, LogLine
from people.models.sanctions import Sanction
from people.models.sessions import Session
from people.models.sites import (
    GuaranteeLevel,
    GuaranteeLevelVersion,
    HostedSite,
    Membership,
    Organisation,
)
from people.models.spam import PostedLink, SpamWord
from people.models.tokens import ApiToken, Scope
from people.models.trust import Trust

__all__ = [
    "AboutText",
    "ApiToken",
    "Appeal",
    "Block",
    "ClosedDay",
    "Flag",
    "Follow",
    "GuaranteeLevel",
    "GuaranteeLevelVersion",
    "Hold",
    "HostedSite",
    "LevelGrant",
    "LogLine",
    "MailChoice",
    "Membership",
    "Mute",
    "Notice",
    "NoticeChoice",
    "Organisation",
    "OutgoingPush",
    "Person",
    "PersonLanguage",
    "PersonSkill",
    "Place",
    "PostedLink",
    "PushSubscription",
    "Removal",
    "RoleGrant",
    "Sanction",
    "Scope",
    "ServiceCalendar",
    "Session",
    "Skill",
    "SkillName",
    "SpamWord",
    "Trust",
]
