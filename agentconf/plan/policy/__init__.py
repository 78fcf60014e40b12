"""Policies: what a team lets no plan do, as rules in files and as plug-ins; each answers with verdicts.

What plug-ins may rely on is exported here (docs/policies.md).
"""

from agentconf.plan.policy.verdict import PolicyContext, Verdict
from agentconf.plan.policy.view import PolicyChange, PolicyPlan

__all__ = ["PolicyChange", "PolicyContext", "PolicyPlan", "Verdict"]
