"""What the first bytes of a file tell: why it can't be opened, and whether its length is more than a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from subgen.media.source import mp3_counted, refusal


def box(kind: bytes, size: int = 16) -> bytes:
    return size.to_bytes(4, "big") + kind + bytes(size - 8)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (box(b"ftyp") + box(b"moov") + box(b"mdat"), "is damaged: its index (the moov box) can't be read"),
        (box(b"styp") + box(b"moof") + box(b"mdat"), "is one segment of a stream"),
        (box(b"ftyp") + box(b"mdat", 64), "is cut short: its index (the moov box) is missing"),
        (b"#EXTM3U\n#EXTINF:10,\na.ts\n", "is a playlist that points at other files"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><MPD></MPD>", "is a playlist that points at other files"),
        (b"<?xml version='1.0'?><note/>", "is text, not audio or video"),
        ("Guten Tag, hier steht etwas.".encode("utf-16"), "is text, not audio or video"),
        (bytes(range(1, 200)), "is not audio or video that ffmpeg can read"),
    ],
)
def test_why_a_file_can_not_be_opened(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    assert refusal(path).startswith(says)


@pytest.mark.parametrize(
    "tag", [b"", b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256)], ids=["bare", "after an ID3 tag"]
)
@pytest.mark.parametrize("mark", [b"Xing", b"Info", b"VBRI", b""])
def test_an_mp3_counts_its_frames_or_does_not(tmp_path: Path, tag: bytes, mark: bytes) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(tag + b"\xff\xfb\x90\x64" + bytes(32) + mark + bytes(100))
    assert mp3_counted(path) is bool(mark)
