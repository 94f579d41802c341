"""The bank: who may do what, and how learning becomes credit. The only code that knows learners.

Rooms are nouns, files are verbs. The front door is `creditbank.bank.open_bank`.
"""
