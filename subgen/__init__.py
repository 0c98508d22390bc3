"""Subtitles and transcripts from films and recordings, on the user's own machine."""

__version__ = "0.1.0"
