"""The file of a posted form."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.web.forms import PostedForm


async def read_upload(request: Request, field: str) -> bytes:
    """Give the file that was chosen in a field of a `PostedForm`; empty where none was."""
    chosen = (await request.form()).get(field)
    return await chosen.read() if isinstance(chosen, UploadFile) else b""


async def _uploaded(request: Request, form: PostedForm) -> bytes:
    del form  # Asked for first, so that nothing is read of what another site sends.
    return await read_upload(request, "file")


Uploaded = Annotated[bytes, Depends(_uploaded)]
"""What was chosen in the field `file`, empty where nothing was."""
