"""What a page allows beyond the policy that holds everywhere: one source for one directive."""

from starlette.responses import Response

from api.middleware import CONTENT_SECURITY_POLICY

HEADER = "Content-Security-Policy"


def allow(response: Response, directive: str, source: str = "") -> Response:
    """Allow what the bank itself serves, or one more source, on this page alone; gives the page."""
    policy = response.headers.get(HEADER, CONTENT_SECURITY_POLICY.decode())
    found = f"{directive} 'self'"
    widened = f"{found} {source}".rstrip()
    wider = policy.replace(found, widened) if found in policy else f"{policy}; {widened}"
    response.headers[HEADER] = wider
    return response
