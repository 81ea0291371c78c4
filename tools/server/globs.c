#include "globs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    SET_SIZE = 32,               /* bytes: a bit for each value of a byte */
    SET_PATTERN_MIN = 3          /* bytes of the shortest set in a pattern, `[a]` */
};

/* Tokens below ANY are bytes that stand for themselves, those from FIRST_SET on are sets. */
enum { ANY = 256, STAR, END, FIRST_SET };

struct globs {
    uint32_t *tokens;            /* of all patterns, each with an END behind it */
    size_t token_count;
    uint8_t (*sets)[SET_SIZE];
    uint32_t set_count;
};

/* ---- sets ---- */

static void add_range(uint8_t *set, unsigned first, unsigned last)
{
    for (unsigned byte = first; byte <= last; byte++)
        set[byte / 8] |= (uint8_t)(1U << byte % 8);
}

static const struct character_class {
    const char *text;
    int (*contains)(int byte);
} classes[] = {
    { "[:alnum:]", isalnum }, { "[:alpha:]", isalpha }, { "[:blank:]", isblank },
    { "[:cntrl:]", iscntrl }, { "[:digit:]", isdigit }, { "[:graph:]", isgraph },
    { "[:lower:]", islower }, { "[:print:]", isprint }, { "[:punct:]", ispunct },
    { "[:space:]", isspace }, { "[:upper:]", isupper }, { "[:xdigit:]", isxdigit },
};

/* Adds a class. Returns what is behind it, or NULL if p does not begin with one. */
static const char *read_class(const char *p, const char *end, uint8_t *set)
{
    if (end - p < 2 || p[0] != '[' || p[1] != ':')
        return NULL;
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t len = strlen(classes[i].text);
        if ((size_t)(end - p) < len || memcmp(classes[i].text, p, len) != 0)
            continue;
        for (unsigned byte = 0; byte <= UINT8_MAX; byte++)
            if (classes[i].contains((int)byte))
                add_range(set, byte, byte);
        return p + len;
    }
    return NULL;
}

/* A byte in a set: plain, escaped, or as [.x.] or [=x=]. Returns what is behind it, or NULL. */
static const char *read_member(const char *p, const char *end, unsigned *byte)
{
    if (end - p >= 5 && p[0] == '[' && (p[1] == '.' || p[1] == '=') && p[3] == p[1] &&
        p[4] == ']') {
        *byte = (uint8_t)p[2];
        return p + 5;
    }
    if (p < end && *p == '\\')
        p++;
    if (p == end)
        return NULL;
    *byte = (uint8_t)*p;
    return p + 1;
}

/* Adds a byte or a range. Returns what is behind it, or NULL. */
static const char *read_range(const char *p, const char *end, uint8_t *set)
{
    unsigned first, last;

    p = read_member(p, end, &first);
    if (p == NULL)
        return NULL;
    last = first;
    if (end - p >= 2 && p[0] == '-' && p[1] != ']')
        p = read_member(p + 1, end, &last);
    if (p != NULL)
        add_range(set, first, last);
    return p;
}

/* p is behind the `[`. Returns what is behind the `]`, or NULL without one. */
static const char *read_set(const char *p, const char *end, uint8_t *set)
{
    int negated = p < end && (*p == '!' || *p == '^');
    const char *first = p + negated; /* a `]` here stands for itself */

    memset(set, 0, SET_SIZE);
    p = first;
    while (p < end && (*p != ']' || p == first)) {
        const char *next = read_class(p, end, set);
        if (next == NULL)
            next = read_range(p, end, set);
        if (next == NULL)
            return NULL;
        p = next;
    }
    if (p == end)
        return NULL;
    for (size_t i = 0; i < SET_SIZE && negated; i++)
        set[i] = (uint8_t)~set[i];
    return p + 1;
}

/* ---- compiling ---- */

/* Reads what stands for one byte of a name. Returns what is behind it, or NULL. */
static const char *read_token(struct globs *globs, const char *p, const char *end, uint32_t *token)
{
    const char *behind_set;

    if (*p == '?') {
        *token = ANY;
        return p + 1;
    }
    if (*p == '[') {
        behind_set = read_set(p + 1, end, globs->sets[globs->set_count]);
        *token = behind_set != NULL ? FIRST_SET + globs->set_count++ : '[';
        return behind_set != NULL ? behind_set : p + 1;
    }
    if (*p == '\\')
        p++;
    if (p == end)
        return NULL;
    *token = (uint8_t)*p;
    return p + 1;
}

/* Adds a pattern, unless it cannot match any name. */
static void compile(struct globs *globs, const char *p, const char *end)
{
    size_t start = globs->token_count;
    size_t name_len = 0;         /* of the shortest name it matches */

    while (p != NULL && p < end && name_len <= GLOB_NAME_MAX) {
        uint32_t token = STAR;
        if (*p == '*') {
            while (p < end && *p == '*')
                p++;
        } else {
            p = read_token(globs, p, end, &token);
            name_len++;
        }
        globs->tokens[globs->token_count++] = token;
    }
    if (p == NULL || name_len > GLOB_NAME_MAX)
        globs->token_count = start;
    else
        globs->tokens[globs->token_count++] = END;
}

struct globs *globs_new(const sw_argument *patterns, size_t count)
{
    struct globs *globs = calloc(1, sizeof(*globs));
    size_t size = 0;

    if (globs == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        size += patterns[i].len + 1;
    globs->tokens = calloc(size + 1, sizeof(*globs->tokens));
    globs->sets = calloc(size / SET_PATTERN_MIN + 1, sizeof(*globs->sets));
    if (globs->tokens == NULL || globs->sets == NULL) {
        globs_free(globs);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        compile(globs, patterns[i].data, patterns[i].data + patterns[i].len);
    return globs;
}

void globs_free(struct globs *globs)
{
    if (globs == NULL)
        return;
    free(globs->tokens);
    free(globs->sets);
    free(globs);
}

/* ---- matching ---- */

static int accepts(const struct globs *globs, uint32_t token, uint8_t byte)
{
    if (token >= FIRST_SET)
        return globs->sets[token - FIRST_SET][byte / 8] >> byte % 8 & 1;
    return token == ANY || token == byte;
}

/* Does the pattern at token match? What is before a star needs to be matched in one way only, so
 * there is only one place to go back to. */
static int match(const struct globs *globs, const uint32_t *token, const char *name, size_t len)
{
    const uint32_t *behind_star = NULL;
    size_t star_end = 0;         /* the star takes the name up to here */
    size_t at = 0;

    for (;;) {
        if (*token == STAR) {
            behind_star = ++token;
            star_end = at;
        } else if (*token == END && at == len) {
            return 1;
        } else if (*token != END && at < len && accepts(globs, *token, (uint8_t)name[at])) {
            token++;
            at++;
        } else if (behind_star != NULL && star_end < len) {
            token = behind_star;
            at = ++star_end;
        } else {
            return 0;
        }
    }
}

int globs_match(const struct globs *globs, const char *name, size_t len)
{
    const uint32_t *token = globs->tokens;
    const uint32_t *end = token + globs->token_count;

    while (token < end) {
        if (match(globs, token, name, len))
            return 1;
        while (*token++ != END)
            ;
    }
    return 0;
}

size_t globs_cost(const struct globs *globs)
{
    return globs->token_count * GLOB_NAME_MAX + 1;
}
