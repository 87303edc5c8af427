"""What was decided, what came of it, and what that teaches: the file-backed store of experience."""
