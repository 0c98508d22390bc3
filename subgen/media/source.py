"""What can be said about a media file without ffmpeg: is it there, what is it, may its name and content be trusted."""

from __future__ import annotations

import stat
from pathlib import Path

from subgen.errors import MediaNotFound, Undecodable
from subgen.media.boxes import top_boxes

CONTAINERS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "asf", "asf_o", "flv", "live_flv", "kux"),
    *("mpegts", "mpegtsraw", "mpeg", "mpegvideo", "mxf", "gxf", "rm", "nut", "nuv", "nsv", "dv", "swf", "wtv", "ty"),
    *("mp3", "aac", "ac3", "eac3", "ac4", "dts", "dtshd", "truehd", "mlp", "loas", "spdif", "iamf", "aptx", "sbc"),
    *("wav", "w64", "aiff", "au", "caf", "voc", "ircam", "nistsphere", "sox", "avr", "paf", "pvf", "xwma", "iff"),
    *("flac", "ogg", "ape", "wv", "tta", "tak", "shn", "mpc", "mpc8", "oma", "dsf", "aa", "osq", "qoa", "rka"),
    *("amr", "gsm", "g729", "g723_1", "ilbc", "qcp", "act", "dss", "codec2", "lc3", "sln", "dhav", "lvf", "mmf"),
    *("bink", "smk", "film_cpk", "roq", "vividas", "vivo", "ipmovie", "smjpeg", "4xm", "h264", "hevc", "pva"),
)  # fmt: skip
"""Names of the ffmpeg demuxers that may read a file. Each reads that one file and no other; the playlists (hls,
concat, dash, sdp, imf, image2, vobsub ...) are left out because their entries make ffmpeg open whatever they name."""

_PLAYLISTS = (b"#extm3u", b"#extinf", b"ffconcat", b"[playlist]", b"<mpd", b"<asx", b"<smil", b"v=0", b"<?xml")
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"moof", b"styp", b"sidx", b"free", b"skip", b"wide", b"pnot")
_KNOWN_STARTS = (b"RIFF", b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"ID3", b"FORM", b"\x30\x26\xb2\x75", b"FLV")
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1a\x1b")
_HEADER = 1 << 20
_CLUSTER = b"\x1f\x43\xb6\x75"
_CONTENT_ENCRYPTION, _ENCRYPTION_ALGORITHM = b"\x50\x35", b"\x47\xe1"


def shown(path: Path) -> str:
    """The file's name for messages, on one line: what can't be printed is escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(path))


def url(path: Path) -> str:
    """The name under which ffmpeg opens exactly this file, whatever dashes, colons or percent signs it has."""
    return f"file:{path.absolute()}"


def require_file(path: Path) -> int:
    """The size of the file in bytes.

    Raises MediaNotFound unless it is a regular file that this user may read, and Undecodable if it is empty.
    """
    name = shown(path)
    try:
        str(path).encode()
        status = path.stat()
    except UnicodeEncodeError as error:
        raise MediaNotFound(f"{name} has a name that is not valid UTF-8; rename it.") from error
    except FileNotFoundError as error:
        raise MediaNotFound(f"{name}: there is no such file.") from error
    except (OSError, ValueError) as error:  # ValueError: the name has a NUL character
        raise MediaNotFound(f"{name} can't be reached ({_why(error)}).") from error
    if stat.S_ISDIR(status.st_mode):
        raise MediaNotFound(f"{name} is a folder; name the media files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise MediaNotFound(f"{name} is a pipe or a device; save the media to a file first.")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise MediaNotFound(f"{name} can't be read ({_why(error)}); check its permissions.") from error
    if status.st_size == 0:
        raise Undecodable(f"{name} is empty (0 bytes); copy or download it again.")
    return status.st_size


def _why(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def refusal(path: Path) -> str:
    """Why ffmpeg can't open the file, as far as its first bytes tell: the rest of a sentence that names the file."""
    head = _head(path, 4096)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PLAYLISTS) and (not text.startswith(b"<?xml") or b"<mpd" in text):
        return "is a playlist that points at other files, not media; name the media file itself."
    if head[4:8] in _MOV_BOXES:
        return _mov_refusal(path)
    if head.startswith(_KNOWN_STARTS):
        return "is damaged: its header can't be read; copy or download it again."
    if _is_text(head):
        return "is text, not audio or video."
    return "is not audio or video that ffmpeg can read, or it is damaged at its start."


def _mov_refusal(path: Path) -> str:
    boxes = top_boxes(path)
    if b"moov" in boxes:
        return "is damaged: its index (the moov box) can't be read; copy or download it again."
    if b"moof" in boxes:
        return "is one segment of a stream and lacks the part that describes it (the moov box); join them first."
    return "is cut short: its index (the moov box) is missing; copy, record or download it again."


def _is_text(head: bytes) -> bool:
    """Whether it is text in some encoding: UTF-16 says so, the others have no control characters but white space."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or not set(head) & _CONTROL


def _head(path: Path, size: int, start: int = 0) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)


def matroska_encrypted(path: Path) -> bool:
    """Whether a Matroska or WebM file declares an encrypted track (ContentEncryption, RFC 9559, 5.1.4.1.31.8)."""
    tracks = _head(path, _HEADER).partition(_CLUSTER)[0]
    begin = tracks.find(_CONTENT_ENCRYPTION)
    while begin >= 0:
        if _ENCRYPTION_ALGORITHM in tracks[begin : begin + 16]:
            return True
        begin = tracks.find(_CONTENT_ENCRYPTION, begin + 1)
    return False


def riff_stretch(path: Path, size: int) -> float:
    """How many times longer a RIFF file (wav, avi) says it is than it is: 1.0 when it is whole, above when cut.

    ffmpeg trims the length to what is there, so that a cut file looks whole. Sizes of 0 and 2^31 and above are
    what programs write that could not know the length.
    """
    head = _head(path, 8)
    claimed = int.from_bytes(head[4:8], "little") + 8
    return max(1.0, claimed / size) if head[:4] == b"RIFF" and claimed < 1 << 31 else 1.0


def mp3_counted(path: Path) -> bool:
    """Whether an mp3 carries a frame count (Xing, Info or VBRI tag), so that its length is more than a guess."""
    head = _head(path, 10)
    tag = 0
    if head[:3] == b"ID3":  # its size: 4 bytes of 7 bits (ID3v2.4, section 3.1)
        tag = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    frame = _head(path, 2048, tag)
    return any(name in frame for name in (b"Xing", b"Info", b"VBRI"))
