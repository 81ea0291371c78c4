/* SPDX-License-Identifier: ISC */
/* A line typed at the prompt. What it is split into, quoted and put together again, is split into the same; and no
 * word is longer than the line. */
#include "words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Adds a word in quotes that keep all but themselves. Returns the end. */
static char *put_quoted(char *out, const char *word)
{
    *out++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            memcpy(out, "'\\'", 3);
            out += 3;
        }
        *out++ = *word;
    }
    *out++ = '\'';
    *out++ = ' ';
    return out;
}

static void check_again(const words *w, size_t size)
{
    char *line = malloc(6 * size + 8 * w->argc + 1), *end = line;
    words again;
    words_error error;

    for (size_t i = 0; i < w->argc; i++)
        end = put_quoted(end, w->argv[i]);
    check_result("again", words_split(&again, line, (size_t)(end - line), &error), 0);
    check_number("words", again.argc, w->argc);
    for (size_t i = 0; i < w->argc; i++)
        check_bytes("word", again.argv[i], strlen(again.argv[i]), w->argv[i], strlen(w->argv[i]));
    check(again.file == NULL, "no file");
    words_free(&again);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = malloc(size > 0 ? size : 1); /* exactly so long, for sanitizers */
    words w;
    words_error error = { NULL, 0 };
    size_t total = 0;

    if (size > 0)
        memcpy(line, data, size);
    if (words_split(&w, line, size, &error) < 0) {
        check(error.why != NULL, "a reason");
        check(error.column >= 1 && error.column <= size + 1, "column within the line");
    } else {
        for (size_t i = 0; i < w.argc; i++)
            total += strlen(w.argv[i]);
        check(w.argv[w.argc] == NULL, "the end of the words");
        check(total + (w.file != NULL ? strlen(w.file) : 0) <= size, "no more than the line had");
        check_again(&w, size);
        words_free(&w);
    }
    free(line);
    return 0;
}
