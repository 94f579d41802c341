"""Bodies that are a text file of one kind, small enough to be read whole."""

from fastapi import Request

from creditbank.errors import FieldProblem, InvalidInput

YAML_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/yaml": {"schema": {"type": "string"}}},
    }
}
CSV_BODY = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
}


async def read_text(request: Request) -> str:
    """Give the body as text; raises `InvalidInput` ("text-not-utf-8")."""
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError:
        raise InvalidInput([FieldProblem(field="file", code="text-not-utf-8")]) from None
