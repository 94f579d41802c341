"""The file of a posted form."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.web.forms import PostedForm


async def _uploaded(request: Request, form: PostedForm) -> bytes:
    del form  # Asked for first, so that nothing is read of what another site sends.
    posted = await request.form()
    chosen = posted.get("file")
    content = await chosen.read() if isinstance(chosen, UploadFile) else b""
    await posted.close()
    return content


Uploaded = Annotated[bytes, Depends(_uploaded)]
"""What was chosen in the field `file`, empty where nothing was; nothing of it stays open."""
