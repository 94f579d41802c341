"""The unified social credit code 统一社会信用代码 of Chinese organisations (GB 32100-2015)."""

_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_MODULUS = 31


def is_uscc(code: str) -> bool:
    """Say whether `code` has 18 symbols of the standard's alphabet and the right check symbol."""
    if len(code) != len(_WEIGHTS) + 1 or any(symbol not in _SYMBOLS for symbol in code):
        return False
    return check_symbol(code[:-1]) == code[-1]


def check_symbol(body: str) -> str:
    """Give the check symbol of the first 17 symbols (GB 32100-2015, section 5 and annex A)."""
    total = sum(
        _SYMBOLS.index(symbol) * weight for symbol, weight in zip(body, _WEIGHTS, strict=True)
    )
    return _SYMBOLS[(_MODULUS - total % _MODULUS) % _MODULUS]
