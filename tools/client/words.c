/* SPDX-License-Identifier: ISC */
#include "words.h"

#include <stdlib.h>
#include <string.h>

typedef struct splitter {
    const char *line, *at, *end;
    words *words;
    char *out; /* behind the last byte of the text */
    const char *error_at;
    const char *why;
} splitter;

static int fail(splitter *s, const char *at, const char *why)
{
    s->error_at = at;
    s->why = why;
    return -1;
}

static void skip_blanks(splitter *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
        s->at++;
}

static int ends_word(char c)
{
    return c == ' ' || c == '\t' || c == '<';
}

/* ---- one word ---- */

static int take_single_quoted(splitter *s)
{
    const char *start = s->at++;
    const char *close = memchr(s->at, '\'', (size_t)(s->end - s->at));

    if (close == NULL)
        return fail(s, start, "quote not closed");
    memcpy(s->out, s->at, (size_t)(close - s->at));
    s->out += close - s->at;
    s->at = close + 1;
    return 0;
}

static int take_double_quoted(splitter *s)
{
    const char *start = s->at++;

    while (s->at < s->end && *s->at != '"') {
        if (*s->at == '\\' && s->at + 1 < s->end && strchr("\"\\$`", s->at[1]) != NULL)
            s->at++;
        *s->out++ = *s->at++;
    }
    if (s->at == s->end)
        return fail(s, start, "quote not closed");
    s->at++;
    return 0;
}

static int take_escaped(splitter *s)
{
    if (s->end - s->at < 2)
        return fail(s, s->at, "nothing follows the backslash");
    *s->out++ = s->at[1];
    s->at += 2;
    return 0;
}

/* Appends a word, which is there, with its NUL to the text. */
static int take_word(splitter *s)
{
    int result = 0;

    while (result == 0 && s->at < s->end && !ends_word(*s->at)) {
        if (*s->at == '\'')
            result = take_single_quoted(s);
        else if (*s->at == '"')
            result = take_double_quoted(s);
        else if (*s->at == '\\')
            result = take_escaped(s);
        else
            *s->out++ = *s->at++;
    }
    *s->out++ = '\0';
    return result;
}

/* ---- the line ---- */

static int take_file(splitter *s)
{
    const char *start = s->at++;

    skip_blanks(s);
    if (s->end - s->at >= 2 && s->at[0] == '~' && s->at[1] == '/') {
        s->words->file_in_home = 1;
        s->at += 2;
    }
    s->words->file = s->out;
    if (take_word(s) < 0)
        return -1;
    if (*s->words->file == '\0')
        return fail(s, start, "no file name follows");
    skip_blanks(s);
    return s->at < s->end ? fail(s, s->at, "the line goes on behind the file") : 0;
}

static int take_line(splitter *s)
{
    words *w = s->words;

    skip_blanks(s);
    if (s->at < s->end && *s->at == '#')
        return 0;
    while (s->at < s->end && *s->at != '<') {
        w->argv[w->argc++] = s->out;
        if (take_word(s) < 0)
            return -1;
        skip_blanks(s);
    }
    if (s->at == s->end)
        return 0;
    return w->argc > 0 ? take_file(s) : fail(s, s->at, "no command in front of the file");
}

static size_t column(const char *line, const char *at)
{
    size_t n = 1;

    for (; line < at; line++)
        if (((unsigned char)*line & 0xc0) != 0x80)
            n++;
    return n;
}

int words_split(words *w, const char *line, size_t len, words_error *error)
{
    splitter s = { .line = line, .at = line, .end = line + len, .words = w };
    const char *nul = len > 0 ? memchr(line, '\0', len) : NULL;
    int result;

    memset(w, 0, sizeof(*w));
    w->text = s.out = malloc(len + 1);
    w->argv = calloc(len / 2 + 2, sizeof(*w->argv));
    if (w->text == NULL || w->argv == NULL)
        result = fail(&s, line, "no memory");
    else if (nul != NULL)
        result = fail(&s, nul, "NUL byte");
    else
        result = take_line(&s);
    if (result < 0) {
        error->why = s.why;
        error->column = column(line, s.error_at);
        words_free(w);
    }
    return result;
}

void words_free(words *w)
{
    free(w->argv);
    free(w->text);
    memset(w, 0, sizeof(*w));
}
