"""Rules of our house, found by jst through their entry point."""

from event_house_rules import titles_have_a_team

RULES = [titles_have_a_team.RULE]
