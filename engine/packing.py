"""Bytes made small with what many of their kind have in common: a dictionary of Zstandard.

Packed bytes begin with :data:`PACKED`, then the number of their dictionary, then the frame. Bytes
that begin with anything else are as they are; that is how they stay readable which were stored
before there was a dictionary. A dictionary never changes, since what it packed needs it for ever.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence

import zstandard

from engine.errors import EngineError

#: First byte of what is packed. No text of JSON, and no state, begins with it.
PACKED = 2
#: Instances a dictionary is made from.
SAMPLES = 300
#: A word gets into a dictionary when the data of so many instances hold it. What customers wrote
#: must not live on in a dictionary when it is deleted everywhere else.
SHARED_BY = 10
#: Sizes that are tried: one that is too large for what there is to learn is a bad one.
_SIZES = (4_096, 8_192, 16_384, 24_576)
#: Of the compression: about 10 us for a state of 1.5 kB. Higher levels gain nothing.
_LEVEL = 6
#: The bound of what is unpacked: more than any instance may hold.
_LARGEST = 1 << 30
#: No letter, digit or half of a character stands alone: a word is removed as a whole.
_WORD = re.compile(rb"[A-Za-z0-9_'\x80-\xff]+")


class PackingError(EngineError):
    """Packed bytes cannot be unpacked: they are damaged, or their dictionary is not there."""


class Dictionary:
    """One dictionary, ready for use. Threads may share it."""

    def __init__(self, id: int, content: bytes) -> None:
        """Prepare ``content``, which :func:`train` made; ``id`` is its number for ever."""
        self.id = id
        self._head = bytes((PACKED,)) + _number(id)
        prepared = zstandard.ZstdCompressionDict(content)
        parameters = zstandard.ZstdCompressionParameters.from_level(
            _LEVEL, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_dict_id=False
        )
        prepared.precompute_compress(compression_params=parameters)
        self._compressor = zstandard.ZstdCompressor(
            dict_data=prepared, compression_params=parameters
        )
        self._decompressor = zstandard.ZstdDecompressor(
            dict_data=prepared, format=zstandard.FORMAT_ZSTD1_MAGICLESS
        )
        # Both work on memory of their own, and let other threads run meanwhile.
        self._turn = threading.Lock()

    def pack(self, data: bytes) -> bytes:
        """Return ``data`` packed, or as it is where that is no longer."""
        with self._turn:
            packed = self._head + self._compressor.compress(data)
        return packed if len(packed) < len(data) else data

    def frame(self, data: bytes) -> bytes:
        """Return what a frame holds. Raises :class:`PackingError`."""
        try:
            with self._turn:
                return self._decompressor.decompress(data, max_output_size=_LARGEST)
        except (zstandard.ZstdError, MemoryError) as error:
            raise PackingError(f"it is damaged ({error})") from error


def unpack(data: bytes, find: Callable[[int], Dictionary | None]) -> bytes:
    """Return ``data`` as it was before it was packed; what is not packed as it is.

    Args:
        data: packed or not.
        find: returns the dictionary of a number, None where there is none such.

    Raises:
        PackingError: the bytes are damaged, or ``find`` returned None.
    """
    if not data or data[0] != PACKED:
        return data
    number, begin = _numbered(data)
    dictionary = find(number)
    if dictionary is None:
        raise PackingError(f"it was packed with dictionary {number}, which is not there")
    return dictionary.frame(data[begin:])


def train(samples: Sequence[Sequence[bytes]]) -> bytes | None:
    """Return a dictionary for what is like ``samples``; None where none is worth it.

    The same samples give the same dictionary. It holds no word that fewer than
    :data:`SHARED_BY` of the samples hold.

    Args:
        samples: the data of one instance each, :data:`SAMPLES` of them.
    """
    common = _common(samples)
    cleaned: list[bytes | bytearray | memoryview] = [
        b"".join(_WORD.sub(common, part) for part in sample) for sample in samples
    ]
    # Judged is by what no dictionary has seen in full: the data with the words that are left out.
    judged = [part for sample in samples[::4] for part in sample]
    best: tuple[int, bytes] | None = None
    for size in _SIZES:
        try:
            content = zstandard.train_dictionary(size, cleaned).as_bytes()
        except zstandard.ZstdError:
            continue  # too few, too short or too much alike for one of this size
        found = sum(len(Dictionary(0, content).pack(part)) for part in judged), content
        best = min(best or found, found)
    if best is None or best[0] >= sum(map(len, judged)):
        return None
    return best[1]


def _common(samples: Collection[Sequence[bytes]]) -> Callable[[re.Match[bytes]], bytes]:
    """Return what keeps a word that many samples hold, and leaves any other out."""
    holders: Counter[bytes] = Counter()
    for sample in samples:
        holders.update({word for part in sample for word in _WORD.findall(part)})
    kept = {word for word, count in holders.items() if count >= SHARED_BY}
    return lambda word: word[0] if word[0] in kept else b""


def _number(value: int) -> bytes:
    """Return a number in as few bytes as it needs, seven bits each, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _numbered(data: bytes) -> tuple[int, int]:
    """Return the number behind the first byte, and where it ends."""
    value = 0
    for place in range(1, min(len(data), 11)):
        value |= (data[place] & 0x7F) << 7 * (place - 1)
        if data[place] <= 0x7F:
            return value, place + 1
    raise PackingError("it is damaged (it names no dictionary)")


__all__ = ["PACKED", "SAMPLES", "SHARED_BY", "Dictionary", "PackingError", "train", "unpack"]
