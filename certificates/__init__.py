"""The printing press: signed documents and learning passes; it knows neither ledger nor bank.

Front doors: `certificates.keys` (the key ring), `certificates.issue`, `certificates.verify`,
`certificates.qr`. Nothing is re-exported here, so that the offline verifier stays small.
"""
