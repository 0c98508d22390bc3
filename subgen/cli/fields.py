"""Events as `--progress json` tells them to programs."""

from __future__ import annotations

from subgen.events import Event, Identifying, Loaded, Loading, Making, Noticed, Opened, Progress, Recognised, Timed


def fields(event: Event) -> dict[str, object]:
    """The values of an event by name, as JSON knows them."""
    if isinstance(event, Opened):
        return _opened(event)
    if isinstance(event, Loading):
        return {"name": event.name}
    if isinstance(event, Loaded):
        return {"name": event.name, "batch": event.batch}
    if isinstance(event, Timed):
        return {
            "path": str(event.path),
            "seconds": event.seconds,
            "stages": dict(event.stages),
            "beside": dict(event.beside),
        }
    if isinstance(event, Progress | Making):
        return {"path": str(event.path), "done": event.done, "total": event.total}
    if isinstance(event, Identifying):
        return {"path": str(event.path), "share": round(event.share, 3)}
    return _noticed(event) if isinstance(event, Noticed) else _recognised(event)


def _opened(event: Opened) -> dict[str, object]:
    media, track = event.media, event.media.track
    return {
        "path": str(media.path),
        "duration": media.duration,
        "track": {"index": track.index, "codec": track.codec, "language": track.language, "start": track.start},
    }


def _noticed(event: Noticed) -> dict[str, object]:
    span = event.note.span
    start, end = (span.start, span.end) if span is not None else (None, None)
    return {"path": str(event.path), "kind": event.note.kind, "text": event.note.text, "start": start, "end": end}


def _recognised(event: Recognised) -> dict[str, object]:
    told = event.transcript
    values = {name: getattr(told, name) for name in ("start", "end", "language", "text", "finish")}
    return {"path": str(event.path), **values}
