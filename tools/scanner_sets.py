"""The scanner's character sets in the browser beside the system's iconv, character by character."""
import ctypes

SINGLE = ["CP437", "ISO-8859-1", *(f"ISO-8859-{number}" for number in range(2, 17)), "CP1250", "CP1251", "CP1252",
          "CP1256", "US-ASCII"]
DOUBLE = ["SHIFT_JIS", "CP932", "BIG5", "GB2312", "GBK", "EUC-KR", "GB18030"]
UNICODE = ["UTF-8", "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"]
# A prime, so that every byte of four is met with many others.
STEP = 1_009
# The four-byte characters of GB 18030 whose places the editions disagree on, and their neighbours.
DISPUTED = [*range(0x82359030, 0x82359140), *range(0x84318230, 0x84318340)]
FAILED = ctypes.c_size_t(-1).value

libc = ctypes.CDLL("libc.so.6")
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv_open.argtypes = [ctypes.c_char_p] * 2
libc.iconv.restype = ctypes.c_size_t
libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4


class Set:
    """One of iconv's character sets."""

    def __init__(self, name):
        self.converter = libc.iconv_open(b"UTF-8", name.encode())
        self.is_known = self.converter is not None and self.converter != FAILED

    def text(self, content):
        """The text of bytes; None where they are not valid, as `verify decode` has it."""
        if not self.is_known:
            return None
        libc.iconv(self.converter, None, None, None, None)
        source, target = ctypes.create_string_buffer(content, len(content)), ctypes.create_string_buffer(16)
        begin, end = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_void_p(ctypes.addressof(target))
        left, room = ctypes.c_size_t(len(content)), ctypes.c_size_t(16)
        done = libc.iconv(self.converter, *map(ctypes.byref, (begin, left, end, room)))
        if done == FAILED or left.value:
            return None
        try:
            return target.raw[:16 - room.value].decode() or None
        except UnicodeDecodeError:
            # glibc passes numbers beyond Unicode on, which the command refuses.
            return None


def check(page, checks):
    for name in SINGLE + DOUBLE + UNICODE:
        known, wrong, valid = Set(name), [], 0
        # In practice, see CharacterSet+Text.swift.
        written = {"\u00a5": "\\", "\u203e": "~"} if name == "SHIFT_JIS" else {}
        cases = [(1, range(256), None)]
        if name not in SINGLE:
            cases.append((2, range(65_536), None))
        if name in UNICODE + ["GB18030"]:
            numbers = [*range(0, 1 << 32, STEP * STEP), *DISPUTED]
            numbers += range(0, 0x120000, STEP) if "32" in name else range(0x81308130, 0xFE39FE39, STEP * 16)
            if name.endswith("LE"):
                numbers = [int.from_bytes(number.to_bytes(4, "big"), "little") for number in numbers]
            cases.append((4, numbers, numbers))
        for count, numbers, given in cases:
            for number, found in zip(numbers, page.texts(name, count, given), strict=True):
                wanted = known.text(number.to_bytes(count, "big"))
                wanted = "".join(written.get(letter, letter) for letter in wanted) if wanted else wanted
                valid += wanted is not None
                if found != wanted:
                    wrong.append((f"{number:0{2 * count}x}", found, wanted))
        checks(f"{name}: {valid} valid inputs, all read as iconv reads them", not wrong, (len(wrong), wrong[:5]))
