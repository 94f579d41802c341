"""The one writer: gather, lock the head, load, decide, write, append, commit once, answer.

Rooms import the writer and give it commands; the writer knows them by a protocol only.
"""
