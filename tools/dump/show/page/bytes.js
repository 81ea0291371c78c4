/* SPDX-License-Identifier: ISC */
'use strict';

/* Bytes from a capture, as text that is safe to look at. */

const HEX_LINE = 16;

/* What is not shown as it is, by the rule of tools/shared/printable.h: control and format characters,
 * unassigned ones, separators of lines, and what stands for bytes that are no UTF-8. Joiners stay
 * where Persian and emoji have them. On one line, where escapes are not marked, a backslash is one as
 * well. */
const JOINER = /(?<=(?![\p{C}\p{Zl}\p{Zp}])[\u{590}-\u{10ffff}])[\u200c\u200d]/u;
const UNSAFE = new RegExp(`(?!${JOINER.source})[\\\\\\p{C}\\p{Zl}\\p{Zp}]`, 'u');
const UNSAFE_LINE = new RegExp(`(?!${JOINER.source})(?![\\n\\t])[\\p{C}\\p{Zl}\\p{Zp}]`, 'u');

function bytesOf(base64) {
    return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

/* The least and largest second byte behind a first one; see Unicode, table 3-7. */
function secondBytes(first) {
    switch (first) {
    case 0xe0: return [0xa0, 0xbf];
    case 0xed: return [0x80, 0x9f];
    case 0xf0: return [0x90, 0xbf];
    case 0xf4: return [0x80, 0x8f];
    default: return [0x80, 0xbf];
    }
}

/* Length of the UTF-8 sequence at a place, or 0. */
function sequenceLength(bytes, at) {
    const first = bytes[at];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const [low, high] = secondBytes(first);
    if (at + length > bytes.length || bytes[at + 1] < low || bytes[at + 1] > high)
        return 0;
    for (let i = 2; i < length; i++)
        if ((bytes[at + i] & 0xc0) !== 0x80)
            return 0;
    return length;
}

/* A string in which a byte that is no UTF-8 is a lone surrogate, from U+DC80 on. */
function decode(bytes) {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const parts = [];
    let start = 0;
    for (let i = 0; i < bytes.length;) {
        const length = sequenceLength(bytes, i);
        if (length === 0) {
            parts.push(decoder.decode(bytes.subarray(start, i)),
                       String.fromCharCode(0xdc00 + bytes[i]));
            start = i + 1;
        }
        i += Math.max(length, 1);
    }
    parts.push(decoder.decode(bytes.subarray(start)));
    return parts.join('');
}

function escapeOf(character) {
    const code = character.codePointAt(0);
    const names = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
    if (names[character] !== undefined)
        return names[character];
    if (code >= 0xdc80 && code <= 0xdcff)
        return '\\x' + (code - 0xdc00).toString(16);
    if (code < 0x100)
        return '\\x' + code.toString(16).padStart(2, '0');
    return '\\u{' + code.toString(16) + '}';
}

/* Text as [safe, escape, safe, escape, ..., safe]. In several lines LF and TAB stay. */
function visibleParts(bytes, inLines) {
    const text = decode(bytes);
    const unsafe = new RegExp((inLines ? UNSAFE_LINE : UNSAFE).source, 'gu');
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(unsafe)) {
        parts.push(text.slice(end, match.index), escapeOf(match[0]));
        end = match.index + match[0].length;
    }
    parts.push(text.slice(end));
    return parts;
}

/* On one line. */
function visibleLine(bytes) {
    return visibleParts(bytes, false).join('');
}

function visibleText(base64) {
    return visibleLine(bytesOf(base64));
}

function hexLine(bytes, offset, from) {
    let digits = '';
    let text = '';
    for (let i = from; i < from + HEX_LINE; i++) {
        const byte = bytes[i - offset];
        if (i === from + HEX_LINE / 2)
            digits += ' ';
        digits += byte === undefined ? '   ' : byte.toString(16).padStart(2, '0') + ' ';
        text += byte === undefined ? ' ' :
            byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    return from.toString(16).padStart(8, '0') + '  ' + digits + ' |' + text.trimEnd() + '|';
}

/* Bytes that lie from an offset on in something longer. */
function hexLines(bytes, offset) {
    const lines = [];
    for (let from = offset - offset % HEX_LINE; from < offset + bytes.length; from += HEX_LINE)
        lines.push(hexLine(bytes, offset, from));
    return lines.join('\n');
}
