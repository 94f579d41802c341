"""Characters that nobody types or sees: they come along with what is pasted."""

from typing import Final

UNSEEN: Final = {number: None for number in (*range(0x20), 0x7F) if chr(number) not in "\t\n"}
"""What `str.translate` drops: every control character but tab and line break.

Browsers send a line break as CR LF (HTML, 4.10.21.8); here it is LF.
"""
