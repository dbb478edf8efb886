"""Zip files for tests: plain, encrypted both ways, and hostile."""

from __future__ import annotations

import binascii
import io
import struct
import zipfile
from collections.abc import Mapping

import pyzipper


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A plain zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sealed(files: Mapping[str, bytes], password: str) -> bytes:
    """A zip encrypted with AES."""
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sealed_the_old_way(name: str, data: bytes, password: str) -> bytes:
    """A zip of one stored file encrypted with the cipher of 1990, which no library here can write."""
    checksum = binascii.crc32(data)
    keys = _Keys(password.encode())
    secret = bytes(map(keys.encrypt, bytes(11) + bytes([checksum >> 24]) + data))
    fields = (20, 0x1, 0, 0, 0x21, checksum, len(secret), len(data), len(name.encode()), 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name.encode() + secret
    central = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields[:-1], 0, 0, 0, 0, 0, 0) + name.encode()
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


class _Keys:
    """The three keys of the old cipher (APPNOTE 6.1.5)."""

    def __init__(self, password: bytes) -> None:
        self.first, self.second, self.third = 0x12345678, 0x23456789, 0x34567890
        for byte in password:
            self._update(byte)

    def _update(self, byte: int) -> None:
        self.first = _step(self.first, byte)
        self.second = ((self.second + (self.first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self.third = _step(self.third, self.second >> 24)

    def encrypt(self, byte: int) -> int:
        """One byte of the file, encrypted; the keys move on."""
        mixed = (self.third | 2) & 0xFFFF
        secret = byte ^ (mixed * (mixed ^ 1) >> 8 & 0xFF)
        self._update(byte)
        return secret


def _step(key: int, byte: int) -> int:
    value = (key ^ byte) & 0xFF
    for _ in range(8):
        value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value ^ key >> 8
