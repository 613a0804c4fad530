"""What a server says about files, in the words of all networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.media import EVERYTHING, GIF, MP4, PICTURES, Allowed, MediaRules

#: What Mastodon says about files where a server says nothing.
USUAL: Mapping[str, Any] = {
    "most": 4, "types": sorted(PICTURES | {GIF, MP4}), "image": 16 * 1024**2,
    "video": 99 * 1024**2, "alt": 1_500,
}  # fmt: skip


def rules_of(terms: Mapping[str, Any]) -> MediaRules:
    """Return which files a reply may carry by the terms of a server, as they are remembered."""
    told = {**USUAL, **(terms.get("media") or {})}
    types = EVERYTHING & set(told["types"])
    kinds = (
        Allowed("pictures", types & (PICTURES | {GIF}), int(told["most"]), int(told["image"])),
        Allowed("films", types & {MP4}, 1, int(told["video"])),
    )
    return MediaRules(tuple(one for one in kinds if one.types), alt=int(told["alt"]))


def terms_in(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an instance tells about files, as it is remembered; what it does not tell not."""
    about = told.get("configuration")
    about = about if isinstance(about, Mapping) else {}
    files, posts = about.get("media_attachments"), about.get("statuses")
    files = files if isinstance(files, Mapping) else {}
    posts = posts if isinstance(posts, Mapping) else {}
    found = {
        "most": posts.get("max_media_attachments"),
        "image": files.get("image_size_limit"),
        "video": files.get("video_size_limit"),
        "alt": files.get("description_limit"),
    }
    kept: dict[str, Any] = {k: v for k, v in found.items() if type(v) is int and v > 0}
    types = files.get("supported_mime_types")
    if isinstance(types, list):
        kept["types"] = sorted(EVERYTHING.intersection(str(one) for one in types))
    return kept
