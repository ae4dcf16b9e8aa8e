/**
 * The character sets that symbols declare, read as the system's iconv reads them for `verify decode`.
 *
 * A browser's decoders are those of the Encoding Standard, which reads old sets more freely. What they read otherwise
 * stands here, and `tools/scanner-test` compares every character of every set.
 */

/** The upper half of code page 437, which no browser has. */
const upper437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
  "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const isSingle = () => 1;
const isDouble = (bytes, place) => (bytes[place] < 0x80 ? 1 : 2);
const ofShiftJIS = (bytes, place) => (bytes[place] <= 0x80 || (bytes[place] >= 0xa0 && bytes[place] < 0xe0) ? 1 : 2);
const ofKorean = (bytes, place) => (bytes[place] < 0xa0 ? 1 : 2);
/** Characters of two bytes, beside ASCII and 0x80. */
const isWide = (bytes, place) => (bytes[place] <= 0x80 ? 1 : 2);
const of18030 = (bytes, place) =>
  bytes[place] <= 0x80 ? 1 : bytes[place + 1] >= 0x30 && bytes[place + 1] < 0x3a ? 4 : 2;

/** A character of the upper half that is the control character of its number. */
const control = (code) => (code >= 0x80 && code < 0xa0 ? String.fromCharCode(code) : undefined);
const rejected = (...codes) => (code) => (codes.includes(code) ? null : undefined);

/** GB 18030's characters of two bytes that a browser reads for private use or as a space, and glibc otherwise. */
const moved = {
  0xa3a0: 0xe5e5, 0xfe51: 0x20087, 0xfe52: 0x20089, 0xfe53: 0x200cc, 0xfe6c: 0x215d7, 0xfe76: 0x2298f, 0xfe91: 0x241fe,
};
/** The characters of four bytes that glibc has as two bytes alone. */
const fourBytes = { first: [0x82359037, 0x84318236], last: [0x82359134, 0x84318335] };

/**
 * The sets by their names in iconv: the browser's decoder, a character's byte count, the characters of two bytes that
 * are not in the set, and the characters that are read otherwise (null for none).
 */
const sets = {
  "SHIFT_JIS": {
    label: "shift_jis", length: ofShiftJIS, without: "80-80:40-fe 87-87:40-fe ed-ee:40-fe f0-fc:40-fe",
    others: (code) =>
      ({ 0x80: null, 0x8160: "〜", 0x8161: "‖", 0x817c: "−", 0x8191: "¢", 0x8192: "£", 0x81ca: "¬" })[code],
  },
  "CP932": { label: "shift_jis", length: ofShiftJIS, others: rejected(0x80) },
  "BIG5": { label: "big5", length: isWide, without: "87-a0:40-fe a3-a3:c0-e0 fa-fe:40-fe", others: ofPrivateUse },
  "GB2312": {
    label: "gbk", length: isDouble,
    without:
      "80-a0:00-ff a1-a1:40-a0 a2-a2:40-b0,e3-e4,ef-f0,fd-fe a3-a3:40-a0 a4-a4:40-a0,f4-fe a5-a5:40-a0,f7-fe " +
      "a6-a6:40-a0,b9-c0,d9-fe a7-a7:40-a0,c2-d0,f2-fe a8-a8:40-a0,bb-c4,ea-fe a9-a9:40-a3,f0-fe aa-af:40-fe " +
      "b0-d6:40-a0 d7-d7:40-a0,fa-fe d8-f7:40-a0 f8-fe:40-fe",
    others: (code) => ({ 0xa1a4: "・", 0xa1aa: "―" })[code],
  },
  "GBK": {
    label: "gbk", length: isWide,
    without:
      "a1-a1:40-a0 a2-a2:40-a0,ab-b0,e3-e4,ef-f0,fd-fe a3-a3:40-a0 a4-a4:40-a0,f4-fe a5-a5:40-a0,f7-fe " +
      "a6-a6:40-a0,b9-c0,d9-df,ec-ed,f3-f3,f6-fe a7-a7:40-a0,c2-d0,f2-fe a8-a8:96-a0,bc-bc,bf-bf,c1-c4,ea-fe " +
      "a9-a9:58-58,5b-5b,5d-5f,89-95,97-a3,f0-fe aa-af:a1-fe d7-d7:fa-fe f8-fd:a1-fe fe-fe:50-fe",
    others: () => undefined,
  },
  "EUC-KR": {
    label: "euc-kr", length: ofKorean, without: "a0-a0:40-fe a1-ac:41-a0 ad-af:40-fe b0-c5:41-a0 c6-c6:41-52",
    others: (code) => (code === 0xa2e8 ? "㉾" : control(code)),
  },
  "GB18030": { label: "gb18030", length: of18030, others: ofChinese },
  "CP437": { length: isSingle, others: (code) => (code < 0x80 ? String.fromCharCode(code) : upper437[code - 0x80]) },
  "ISO-8859-1": { length: isSingle, others: (code) => String.fromCharCode(code) },
  "US-ASCII": { length: isSingle, others: (code) => (code < 0x80 ? String.fromCharCode(code) : null) },
  "CP1250": { label: "windows-1250", length: isSingle, others: rejected(0x81, 0x83, 0x88, 0x90, 0x98) },
  "CP1251": { label: "windows-1251", length: isSingle, others: rejected(0x98) },
  "CP1252": { label: "windows-1252", length: isSingle, others: rejected(0x81, 0x8d, 0x8f, 0x90, 0x9d) },
  "CP1256": { label: "windows-1256", length: isSingle, others: () => undefined },
};
for (const number of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16]) {
  sets[`ISO-8859-${number}`] = { label: `iso-8859-${number}`, length: isSingle, others: control };
}

/** Big5 as its makers left it: rows for private use, which glibc reads as such. */
function ofPrivateUse(code) {
  if (code === 0x80) return "\u0080";
  if (code === 0xf9fe) return "▓";
  if (code < 0xc6a1 || code > 0xc8fe) return undefined;
  const [row, trail] = [(code >> 8) - 0xc6, code & 0xff];
  if (trail < 0x40 || (trail > 0x7e && trail < 0xa1) || trail === 0xff) return null;
  return String.fromCharCode(0xf6b1 - 63 + row * 157 + (trail < 0x7f ? trail - 0x40 : trail - 0x62));
}

/** GB 18030 by the edition that glibc has, where the browser has another one. */
function ofChinese(code) {
  if (code in moved) return String.fromCodePoint(moved[code]);
  const isTaken = fourBytes.first.some((first, index) => code >= first && code <= fourBytes.last[index]);
  return code === 0x80 || isTaken ? null : undefined;
}

/** @type {Map<string, TextDecoder>} */
const decoders = new Map();

/** @param {Uint8Array} bytes @param {string} label @returns {string | null} null where they are not valid. */
function decoded(bytes, label) {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    decoders.set(label, decoder);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Whether a character of two bytes is in the ranges "FIRST-LAST:FIRST-LAST,… …", of first bytes and second ones. */
function lies(code, ranges) {
  const holds = (range, byte) => {
    const [first, last] = range.split("-").map((digits) => parseInt(digits, 16));
    return byte >= first && byte <= last;
  };
  return ranges.split(" ").some((entry) => {
    const [leads, trails] = entry.split(":");
    return holds(leads, code >> 8) && trails.split(",").some((range) => holds(range, code & 0xff));
  });
}

/** @param {Uint8Array} bytes @param {boolean} isBig @returns {string | null} */
function utf32(bytes, isBig) {
  if (bytes.length % 4 !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let place = 0; place < bytes.length; place += 4) {
    const code = view.getUint32(place, !isBig);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}

/**
 * The text of bytes in a character set.
 *
 * @param {Uint8Array} bytes
 * @param {string} name the set's name in iconv.
 * @returns {string | null} null where the bytes are not valid in it, or there is no such set.
 */
export function textIn(bytes, name) {
  if (bytes.length === 0) return null;
  if (["UTF-8", "UTF-16BE", "UTF-16LE"].includes(name)) return decoded(bytes, name);
  if (["UTF-32BE", "UTF-32LE"].includes(name)) return utf32(bytes, name === "UTF-32BE");
  const set = sets[name];
  if (set === undefined) return null;
  let text = "";
  for (let place = 0; place < bytes.length; ) {
    const count = set.length(bytes, place);
    const character = bytes.subarray(place, place + count);
    if (character.length < count) return null;
    const code = character.reduce((sum, byte) => sum * 256 + byte, 0);
    if (count === 2 && set.without !== undefined && lies(code, set.without)) return null;
    const other = set.others(code);
    const letter = other === undefined ? decoded(character, set.label) : other;
    if (letter === null) return null;
    text += letter;
    place += count;
  }
  return text;
}

/** What kanji mode means (JIS X 0208), and what vendors enlarged it to. */
const shiftJIS = ["SHIFT_JIS", "CP932"];

/** @param {Uint8Array} bytes @param {string[]} names @returns {string | null} by the first set that has them all. */
function textInFirst(bytes, names) {
  for (const name of names) {
    const text = textIn(bytes, name);
    if (text !== null) return text;
  }
  return null;
}

/** The text of bytes for which a symbol declares no set. @param {Uint8Array} bytes */
function textWithoutSet(bytes) {
  const text = decoded(bytes, "utf-8");
  if (text !== null) return text;
  const hasControls = bytes.some((byte) => byte >= 0x80 && byte < 0xa0);
  return (hasControls ? textInFirst(bytes, shiftJIS) : null) ?? textIn(bytes, "ISO-8859-1");
}

/**
 * The text of a symbol's bytes, by the rules of `verify decode` (`QRReading.docc/Reading.md#Payloads`).
 *
 * @param {Uint8Array} bytes
 * @param {[number, string[]][]} runs where each run begins, and the names of the sets that are declared for it.
 * @returns {string}
 */
export function textOf(bytes, runs) {
  const starts = [0, ...runs.map(([start]) => start), bytes.length];
  const sets = [[], ...runs.map(([, names]) => names)];
  return sets
    .map((names, index) => {
      const part = bytes.subarray(starts[index], starts[index + 1]);
      return textInFirst(part, names) ?? textWithoutSet(part);
    })
    .join("");
}
