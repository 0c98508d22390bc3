"""Films with subtitles in them: as a track that can be switched off, or drawn into the picture. Always a new file."""
