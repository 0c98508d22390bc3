"""Times of a subtitle file repaired by what is heard: pure text and arithmetic.

`script` is what the cues say, as tokens; `anchors` matches it to what was recognised; `stretches` are the places where
the recogniser heard something else and the human words must be aligned themselves; `evidence`
is what is known of each cue then; `pieces` finds which shift and stretch explains most of the file, piece by piece;
`places` gives every cue its new times, and `report` says what was done.
"""

from __future__ import annotations
