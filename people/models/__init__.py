"""People, where they are, what they can do, the sites hosted for them."""

from people.models.moderation import Flag, Removal, Sanction
from people.models.notices import Notice
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
from people.models.sites import (
    GuaranteeLevel,
    GuaranteeLevelVersion,
    HostedSite,
    Membership,
    Organisation,
)
from people.models.tokens import ApiToken, Scope

__all__ = [
    "AboutText",
    "ApiToken",
    "Block",
    "Flag",
    "GuaranteeLevel",
    "GuaranteeLevelVersion",
    "HostedSite",
    "Membership",
    "Notice",
    "Organisation",
    "Person",
    "PersonLanguage",
    "PersonSkill",
    "Place",
    "Removal",
    "RoleGrant",
    "Sanction",
    "Scope",
    "Skill",
    "SkillName",
]
