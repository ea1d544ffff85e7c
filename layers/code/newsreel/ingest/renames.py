"""Decides which rendition's id a file has: links, pages and programs hold on to it.

A file keeps its id when its content is replaced. It also takes over the id of a file that is gone
and that it plainly was: the same name in other case, or a name of the same slug with the same
content. S3 renames by a copy and a deletion, so the new name may have been there beside the old
one, under an id of its own. A name that is only composed otherwise, as a Mac writes it, is the same
name: all names here are composed (``folders.composed``).
"""

from collections.abc import Collection, Iterable

from newsreel.ingest import folders
from newsreel.ingest.buckets import Listed
from newsreel.ingest.folder_state import FolderState, KnownFile


def id_of(entry: Listed, known: FolderState, present: Collection[str], taken: set[str]) -> str:
    """Return the id of a file that is looked at; ``taken`` are those of other files."""
    own = _sound(entry.name, known)
    if own is not None and own.rendition:
        return own.rendition.rendition_id
    for gone in _gone(entry.name, known, present):
        same = (gone.etag, gone.size) == (entry.etag, entry.size)
        if gone.rendition and (same or gone.name.casefold() == entry.name.casefold()):
            return gone.rendition.rendition_id
    return folders.rendition_id(entry.name, taken)


def renamed(one: KnownFile, known: FolderState, present: Collection[str]) -> KnownFile:
    """Return a known file, under the id of the one that it was a copy of if that is gone."""
    for gone in _gone(one.name, known, present):
        if one.rendition and gone.rendition and _has_same_content(one, gone):
            update = {"rendition_id": gone.rendition.rendition_id}
            return one.model_copy(update={"rendition": one.rendition.model_copy(update=update)})
    return one


def _sound(name: str, known: FolderState) -> KnownFile | None:
    one = known.files.get(name)
    return one if one is not None and one.rendition else known.good.get(name)


def _gone(name: str, known: FolderState, present: Collection[str]) -> Iterable[KnownFile]:
    """Return sound files of the same slug that were here and are not any more."""
    were = {**known.good, **{n: one for n, one in known.files.items() if one.rendition}}
    slug = folders.slug_of(name)
    return (
        one
        for other, one in sorted(were.items())
        if other not in present and folders.slug_of(other) == slug
    )


def _has_same_content(one: KnownFile, other: KnownFile) -> bool:
    # A copy of a large file has another ETag, because its parts are others.
    return one.size == other.size and (one.etag == other.etag or bool(_whole(one) & _whole(other)))


def _whole(one: KnownFile) -> set[tuple[str, str]]:
    sums = one.rendition.checksums if one.rendition else []
    return {(each.algorithm, each.value) for each in sums if each.type == "FULL_OBJECT"}
