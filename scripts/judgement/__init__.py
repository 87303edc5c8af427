"""What `judge.py` is made of: the three witnesses, and the comparison of what they say."""


class CannotJudge(Exception):
    """A witness is missing or cannot be understood."""
