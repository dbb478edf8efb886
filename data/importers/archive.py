"""What files a zip holds: read with limits, password-protected ones too, names in whatever encoding.

Paths inside the archive are never written anywhere; only the last part of a name is used, for display. Sizes that an
archive states about itself are not believed: members are unpacked piece by piece and counted.
"""

from __future__ import annotations

import dataclasses
import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from data.importers.statement import FileRefused

MAX_MEMBERS = 200
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200  # text of statements packs 5 to 30 times; a bomb packs a thousand times
_RATIO_FROM = 4 * 1024 * 1024  # small members may pack as they like
_PIECE = 1024 * 1024
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_WORKBOOK_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"customXml/")
_LOCAL_HEADER = struct.Struct("<4s22xHH")

# What the zip module lets through for damaged archives.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    ValueError,
    LookupError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, unpacked."""

    name: str
    data: bytes


def is_archive(data: bytes) -> bool:
    """Whether these bytes are a zip of files (an xlsx workbook is a zip, too, but not one of files)."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not is_xlsx(data)


def is_xlsx(data: bytes) -> bool:
    """Whether a zip is a workbook; one cut in half, which has lost its list of parts, is known by its first part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as listing:
            return "[Content_Types].xml" in listing.NameToInfo
    except DAMAGED_ZIP:
        return data[_LOCAL_HEADER.size :].startswith(_WORKBOOK_PARTS)


def members(data: bytes, file: str, password: str | None = None) -> list[Member]:
    """The files in a zip, in its order, without folders, system clutter and empty files.

    Raises:
        FileRefused: `zip_password_needed`, `zip_password_wrong`, `zip_bomb` (too many, too large, packed too well),
            `truncated` for a damaged archive, `no_rows` for one without files, `not_recognised` for a packing method
            that is not read.
    """
    import pyzipper  # noqa: PLC0415 - a large cipher library that only archives are worth

    damaged = (pyzipper.BadZipFile, pyzipper.LargeZipFile, *DAMAGED_ZIP)
    try:
        archive = pyzipper.AESZipFile(io.BytesIO(data))
    except damaged as error:
        raise FileRefused(file, "truncated", detail=str(error)[:200]) from None
    with archive:
        infos = _listed(archive, file, password)
        archive.setpassword(password.encode() if password else None)
        try:
            return _unpacked(archive, infos, file)
        except NotImplementedError as error:
            raise FileRefused(file, "not_recognised", detail=str(error)[:200]) from None
        except damaged as error:
            # A wrong password that passes the one-byte check of the old cipher unpacks to nonsense.
            encrypted = any(info.flag_bits & _ENCRYPTED for info in infos)
            reason = "zip_password_wrong" if encrypted else "truncated"
            raise FileRefused(file, reason, detail=str(error)[:200]) from None


def _listed(archive: zipfile.ZipFile, file: str, password: str | None) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not _is_clutter(info)]
    if len(infos) > MAX_MEMBERS:
        raise FileRefused(file, "zip_bomb", detail=str(len(infos)))
    if not infos:
        raise FileRefused(file, "no_rows")
    if any(info.flag_bits & _ENCRYPTED for info in infos) and not password:
        raise FileRefused(file, "zip_password_needed")
    return infos


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    name = _display_name(info)
    parts = [part for part in name.split("/") if part]
    folder = not parts or name.endswith("/")
    return folder or parts[0] == "__MACOSX" or parts[-1].startswith(".") or not info.file_size


def _display_name(info: zipfile.ZipInfo) -> str:
    """The name as its author saw it: Chinese systems write GBK without saying so, read by zipfile as cp437."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            raw = name.encode("cp437")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                name = raw.decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return name.replace("\\", "/").replace("\x00", "")


def _unpacked(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: str) -> list[Member]:
    left = MAX_UNPACKED
    found = []
    for info in infos:
        content = _read(archive, info, file, left)
        left -= len(content)
        found.append(Member(PurePosixPath(_display_name(info)).name, content))
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, left: int) -> bytes:
    content = bytearray()
    with archive.open(info) as stream:
        while piece := stream.read(_PIECE):
            content += piece
            packed_well = len(content) > _RATIO_FROM and len(content) > MAX_RATIO * max(1, info.compress_size)
            if len(content) > left or packed_well:
                raise FileRefused(file, "zip_bomb", detail=_display_name(info)[:200])
    return bytes(content)


def refuse_understated(data: bytes, file: str) -> None:
    """A workbook whose parts unpack to more than they state would exhaust the sheet reader, which believes them.

    Raises:
        FileRefused: `zip_bomb`; `truncated` for a damaged zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
        if any(_exceeds(data, part) for part in parts if part.compress_type == zipfile.ZIP_DEFLATED):
            raise FileRefused(file, "zip_bomb")
    except DAMAGED_ZIP as error:
        raise FileRefused(file, "truncated", detail=str(error)[:200]) from None


def _exceeds(data: bytes, part: zipfile.ZipInfo) -> bool:
    _, name, extra = _LOCAL_HEADER.unpack_from(data, part.header_offset)
    begin = part.header_offset + _LOCAL_HEADER.size + name + extra
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, size = data[begin : begin + part.compress_size], 0
    while packed and size <= part.file_size:
        size += len(inflater.decompress(packed, _PIECE))
        packed = inflater.unconsumed_tail
    return size > part.file_size
