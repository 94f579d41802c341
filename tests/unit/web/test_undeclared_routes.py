"""A route says who may call it, or the application does not start."""

import pytest
from fastapi import FastAPI

from api.dependencies import declared_actors
from creditbank.errors import Misconfigured


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    """Deny by default."""
    app = FastAPI()

    @app.get("/secrets")
    def secrets() -> None:
        pass

    with pytest.raises(Misconfigured, match="/secrets"):
        declared_actors(app)
