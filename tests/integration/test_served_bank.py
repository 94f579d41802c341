"""The bank as its users run it: a process that is started, killed and started again."""

from tests.fixtures.processes import Program, Server
from tests.integration.test_post_outcome import RESULT


def test_a_killed_server_starts_again_with_what_it_had_acknowledged(
    program: Program, server: Server
) -> None:
    """What was answered is durable."""
    provider = program.register_provider()
    with server.client(provider) as client:
        posted = client.post("/api/v1/outcomes", json=RESULT).json()
        server.restart()
        found = client.get(f"/api/v1/outcomes/{posted['id']}")
    assert found.json()["entry_index"] == posted["entry"]["index"]
