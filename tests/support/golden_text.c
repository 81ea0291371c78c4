/* SPDX-License-Identifier: ISC */
#include "golden_text.h"

#include "scratch.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES_MAX = 1 << 24,
    LINES_MAX = 1000,
    SHOWN_MAX = 160 /* bytes of what differs */
};

/* ---- elements of a TEXT ---- */

/* clang-format off */
enum element_kind {
    ELEMENT_END, ELEMENT_END_WITHOUT_LF, ELEMENT_BYTE, ELEMENT_X, ELEMENT_BYTES, ELEMENT_NUMBER,
    ELEMENT_RANGE, ELEMENT_ANY, ELEMENT_LINES, ELEMENT_TIME, ELEMENT_DATE, ELEMENT_LENGTH,
    ELEMENT_PID, ELEMENT_VERSION, ELEMENT_WRONG
};
/* clang-format on */

typedef struct element {
    enum element_kind kind;
    char byte;
    unsigned long numbers[2]; /* of a placeholder */
} element;

/* `#` is a number; the first one has limits. */
static const struct {
    const char *form;
    enum element_kind kind;
    unsigned long least, most;
} placeholders[] = {
    { "X #}", ELEMENT_X, 1, BYTES_MAX },   { "BYTES #}", ELEMENT_BYTES, 1, BYTES_MAX },
    { "NUMBER}", ELEMENT_NUMBER, 0, 0 },   { "FROM # TO #}", ELEMENT_RANGE, 0, ULONG_MAX },
    { "ANY}", ELEMENT_ANY, 0, 0 },         { "LINES #}", ELEMENT_LINES, 1, LINES_MAX },
    { "TIME}", ELEMENT_TIME, 0, 0 },       { "DATE}", ELEMENT_DATE, 0, 0 },
    { "LENGTH}", ELEMENT_LENGTH, 0, 0 },   { "PID}", ELEMENT_PID, 0, 0 },
    { "VERSION}", ELEMENT_VERSION, 0, 0 },
};

enum { PLACEHOLDERS = sizeof(placeholders) / sizeof(placeholders[0]) };

/* n hex digits in lower case. -1: others. */
static int hex_number(const char *text, size_t n)
{
    if (strspn(text, "0123456789abcdef") < n)
        return -1;
    return (int)strtol(scratch_format("%.*s", (int)n, text), NULL, 16);
}

int golden_escape(const char **text)
{
    static const char names[] = "nt\"'\\{";
    static const char bytes[] = "\n\t\"'\\{";
    const char *name = **text != '\0' ? strchr(names, **text) : NULL;
    int byte = **text == 'x' ? hex_number(*text + 1, 2) : -1;

    if (name != NULL)
        byte = bytes[name - names];
    if (byte >= 0)
        *text += name != NULL ? 1 : 3;
    return byte;
}

/* Behind text, if that is of the form; or NULL. */
static const char *read_form(const char *form, const char *text, unsigned long numbers[2])
{
    size_t count = 0;

    for (; *form != '\0'; form++) {
        size_t len = *form == '#' ? strspn(text, "0123456789") : *text == *form;

        if (len == 0)
            return NULL;
        if (*form == '#')
            numbers[count++] = strtoul(text, NULL, 10);
        text += len;
    }
    return text;
}

/* What follows an opening brace, which it passes. */
static element read_placeholder(const char **text)
{
    element found = { ELEMENT_WRONG, '{', { 0, 0 } };

    for (int i = 0; i < PLACEHOLDERS; i++) {
        const char *rest = read_form(placeholders[i].form, *text, found.numbers);

        if (rest == NULL)
            continue;
        if (found.numbers[0] >= placeholders[i].least && found.numbers[0] <= placeholders[i].most)
            found.kind = placeholders[i].kind;
        *text = rest;
        break;
    }
    return found;
}

static element next_element(const char **text)
{
    element found = { ELEMENT_BYTE, **text, { 0, 0 } };
    int byte;

    if (**text == '\0') {
        found.kind = ELEMENT_END;
    } else if (strcmp(*text, "\\") == 0) {
        found.kind = ELEMENT_END_WITHOUT_LF;
    } else if (*(*text)++ == '\\') {
        byte = golden_escape(text);
        found.kind = byte < 0 ? ELEMENT_WRONG : ELEMENT_BYTE;
        found.byte = (char)byte;
    } else if (found.byte == '{') {
        found = read_placeholder(text);
    }
    return found;
}

size_t golden_repetition(const char **text)
{
    const char *rest = *text;
    element e = next_element(&rest);

    if (e.kind != ELEMENT_X)
        return 0;
    *text = rest;
    return e.numbers[0];
}

int golden_text_valid(const char *text, int is_input)
{
    for (;;) {
        element e = next_element(&text);

        if (e.kind == ELEMENT_WRONG || (is_input && e.kind > ELEMENT_BYTES))
            return 0;
        if (e.kind == ELEMENT_END || e.kind == ELEMENT_END_WITHOUT_LF)
            return 1;
    }
}

/* ---- input ---- */

/* Does it stand for many bytes that are known? */
static int is_repeated(const element *e)
{
    return e->kind == ELEMENT_X || e->kind == ELEMENT_BYTES;
}

/* Byte i of them. */
static char repeated_byte(const element *e, size_t i)
{
    return e->kind == ELEMENT_X ? 'x' : (char)(uint8_t)(i * 7 + i / 251);
}

/* Appends the line's bytes to out, unless that is NULL. How many they are. */
static size_t write_line(const char *text, char *out)
{
    size_t len = 0;

    for (;;) {
        element e = next_element(&text);
        size_t n = is_repeated(&e) ? e.numbers[0] : 1;

        if (e.kind == ELEMENT_END_WITHOUT_LF)
            return len;
        if (e.kind == ELEMENT_END)
            e.byte = '\n';
        for (size_t i = 0; i < n && out != NULL; i++)
            out[len + i] = is_repeated(&e) ? repeated_byte(&e, i) : e.byte;
        len += n;
        if (e.kind == ELEMENT_END)
            return len;
    }
}

const char *golden_input(const golden_line *lines, size_t *len)
{
    size_t size = 0;
    char *bytes;

    for (const golden_line *line = lines; line != NULL; line = line->next)
        size += write_line(line->text, NULL);
    bytes = scratch_allocate(size + 1);
    *len = 0;
    for (const golden_line *line = lines; line != NULL; line = line->next)
        *len += write_line(line->text, bytes + *len);
    return bytes;
}

/* ---- comparison ---- */

/* What matches something at seen returns where it goes on behind that, or NULL. A NUL is at end. */

static const char *match_repeated(const element *e, const char *seen, const char *end)
{
    size_t count = e->numbers[0];

    if ((size_t)(end - seen) < count)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (seen[i] != repeated_byte(e, i))
            return NULL;
    return seen + count;
}

static const char *match_text(const char *text, const char *seen)
{
    size_t len = strlen(text);

    return strncmp(seen, text, len) == 0 ? seen + len : NULL;
}

static const char *match_digits(const char *seen)
{
    size_t digits = strspn(seen, "0123456789");

    return digits > 0 ? seen + digits : NULL;
}

static const char *match_range(const unsigned long range[2], const char *seen)
{
    unsigned long number = strtoul(seen, NULL, 10);

    return number >= range[0] && number <= range[1] ? match_digits(seen) : NULL;
}

static const char *match_bytes(const char *seen)
{
    size_t bytes = strcspn(seen, "\n");

    return bytes > 0 ? seen + bytes : NULL;
}

/* Up to the last one's LF. */
static const char *match_lines(size_t count, const char *seen, const char *end)
{
    const char *lf = seen - 1;

    for (size_t i = 0; i < count && lf != NULL; i++)
        lf = memchr(lf + 1, '\n', (size_t)(end - (lf + 1)));
    return lf;
}

static const char *match_time(const char *seen, time_t started)
{
    const char *point = match_digits(seen);
    const char *rest = point != NULL && *point == '.' ? match_digits(point + 1) : NULL;
    long long seconds = strtoll(seen, NULL, 10);

    /* time() may be a tick behind the finer clock that the server reads */
    if (rest == NULL || rest - point > 7 || seconds < started || seconds > time(NULL) + 1)
        return NULL;
    return rest;
}

static const char *match_date(const char *seen, time_t started)
{
    const time_t days[] = { started, time(NULL) };
    const char *rest = NULL;

    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]) && rest == NULL; i++) {
        char text[sizeof("Feb 03 2013")] = "";

        strftime(text, sizeof(text), "%b %d %Y", localtime(&days[i]));
        rest = match_text(text, seen);
    }
    return rest;
}

static const char *match_length(const char *seen, const char *end)
{
    const char *lf = memchr(seen, '\n', (size_t)(end - seen));

    if (lf == NULL || lf - seen < 5 || hex_number(seen, 4) != lf + 1 - (seen + 5))
        return NULL;
    return seen + 4;
}

static const char *match_element(const element *e, const char *seen, const char *end, const golden_values *values)
{
    switch (e->kind) {
    case ELEMENT_END: return seen < end && *seen == '\n' ? seen + 1 : NULL;
    case ELEMENT_END_WITHOUT_LF: return seen;
    case ELEMENT_BYTE: return seen < end && *seen == e->byte ? seen + 1 : NULL;
    case ELEMENT_X:
    case ELEMENT_BYTES: return match_repeated(e, seen, end);
    case ELEMENT_NUMBER: return match_digits(seen);
    case ELEMENT_RANGE: return match_range(e->numbers, seen);
    case ELEMENT_ANY: return match_bytes(seen);
    case ELEMENT_LINES: return match_lines(e->numbers[0], seen, end);
    case ELEMENT_TIME: return match_time(seen, values->started);
    case ELEMENT_DATE: return match_date(seen, values->started);
    case ELEMENT_LENGTH: return match_length(seen, end);
    case ELEMENT_PID: return match_text(values->pid, seen);
    case ELEMENT_VERSION: return match_text(values->version, seen);
    default: return NULL;
    }
}

/* A whole line. */
static const char *match_line(const char *text, const char *seen, const char *end, const golden_values *values)
{
    for (;;) {
        element e = next_element(&text);
        const char *rest = match_element(&e, seen, end, values);
        const char *whole = NULL;

        if (rest == NULL || e.kind == ELEMENT_END || e.kind == ELEMENT_END_WITHOUT_LF)
            return rest;
        if (e.kind == ELEMENT_NUMBER || e.kind == ELEMENT_ANY) { /* may take less, too */
            for (; rest > seen && whole == NULL; rest--)
                whole = match_line(text, rest, end, values);
            return whole;
        }
        seen = rest;
    }
}

/* The first line of seen, written as in a golden file. */
static const char *shown(const char *seen, const char *end)
{
    const char *text = "";
    size_t n = 0;

    if (seen == end)
        return "(nothing)";
    for (; seen + n < end && seen[n] != '\n' && n < SHOWN_MAX; n++) {
        char c = seen[n];

        if (c == '\\' || c == '{')
            text = scratch_format("%s\\%c", text, c);
        else if (c == '\t')
            text = scratch_format("%s\\t", text);
        else if (c >= ' ' && c <= '~')
            text = scratch_format("%s%c", text, c);
        else
            text = scratch_format("%s\\x%02x", text, (unsigned)(uint8_t)c);
    }
    if (n == SHOWN_MAX)
        return scratch_format("%s and so on", text);
    return seen + n == end ? scratch_format("%s\\", text) : text;
}

static const char *difference(size_t number, const char *expected, const char *seen, const char *end)
{
    return scratch_format("line %zu:\nexpected: %s\nseen:     %s", number, expected, shown(seen, end));
}

const char *golden_compare(const golden_line *lines, size_t number, const char *seen, size_t len,
                           const golden_values *values)
{
    const char *end = seen + len;

    for (const golden_line *line = lines; line != NULL; line = line->next) {
        const char *rest = match_line(line->text, seen, end, values);

        if (rest == NULL)
            return difference(line->number, line->text, seen, end);
        seen = rest;
        number = line->number;
    }
    return seen < end ? difference(number, "(nothing more)", seen, end) : NULL;
}
