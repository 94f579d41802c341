"""The policy by which a log's checkpoints are accepted (C2SP tlog-policy). Pure."""

from collections.abc import Collection


def write_policy(verifier_keys: Collection[str], url: str) -> str:
    """Write the policy of a log at this URL prefix that no witness cosigns yet."""
    logs = "".join(f"log {key} {url}\n" for key in verifier_keys)
    return f"{logs}quorum none\n"
