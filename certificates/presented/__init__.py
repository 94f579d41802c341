"""What a presented file holds: the text of a QR code, a baked or an attached credential."""
