"""The names that the command line offers, apart from what they mean: so that its help loads nothing else."""

POLICY_NAMES = (
    "wikimedia",
    "backward",
    "backward-transitive",
    "forward",
    "forward-transitive",
    "full",
    "full-transitive",
    "none",
)
CONTENT_MODELS = ("strict", "declared")
