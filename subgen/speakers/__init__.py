"""Who says what: turns of a diariser are tidied, counted and named, and every word gets its speaker.

`turns` cleans what a diariser gives, `merge` finds the speaker of every word, `names` says what speakers are called,
`rttm` reads turns, and `identify` does all of it to a document.
"""
