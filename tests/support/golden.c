/* SPDX-License-Identifier: ISC */
#include "golden.h"

#include "golden_text.h"
#include "scratch.h"

#include <stdlib.h>
#include <string.h>

#define EACH "{EACH}"
#define REMOTE "remote: "
#define REFUSED "sidewire-client: command: argument cannot be carried in legacy mode: argument %d"
#define CLOSED "sidewire-client: 127.0.0.1:{NUMBER}: connection closed "

enum { STATUS_OK = 0, STATUS_FAILURE = 1, STATUS_USAGE = 2, STATUS_MAX = 255 };

typedef struct reader {
    golden_file *file;
    golden_step *step; /* the last one */
    size_t steps;
    size_t number; /* of the line */
    int marked;    /* [...] stands before the next step */
    int has_status;
    size_t which;
    const char *word; /* what EACH stands for, or NULL */
    unsigned modes;   /* of the mark; and so the next two */
    golden_legacy legacy;
    int refused;
} reader;

/* ---- WORDS ---- */

/* Adds to a word what stands there, between these quotes, and passes it. NULL: nothing known. */
static const char *add_to_word(const char *word, const char **text, char quote)
{
    size_t count = quote != '\'' ? golden_repetition(text) : 0;
    int byte;

    if (count > 0) {
        char *letters = scratch_allocate(count + 1);

        memset(letters, 'x', count);
        return scratch_format("%s%s", word, letters);
    }
    byte = *(*text)++;
    if (byte == '\\' && quote != '\'')
        byte = golden_escape(text);
    else if (byte == '{' && quote != '\'')
        return NULL;
    return byte > 0 ? scratch_format("%s%c", word, byte) : NULL; /* no argument has a NUL */
}

/* One word, unquoted, from where it starts; passes it. NULL: not of that form. */
static const char *read_word(const char **text)
{
    const char *word = "";
    char quote = '\0';

    while (word != NULL && **text != '\0' && (quote != '\0' || **text != ' ')) {
        char c = **text;

        if (c == quote || (quote == '\0' && (c == '"' || c == '\''))) {
            quote = c == quote ? '\0' : c;
            (*text)++;
        } else {
            word = add_to_word(word, text, quote);
        }
    }
    return quote == '\0' ? word : NULL;
}

static const char *read_words(const char *text, command_line *line)
{
    while (*(text += strspn(text, " ")) != '\0') {
        const char *word = read_word(&text);

        if (word == NULL)
            return "a quote that is not closed, or an escape that is not known here";
        command_add(line, word);
    }
    return line->argc == 0 ? "words are missing" : NULL;
}

/* ---- lines ---- */

static void append(golden_line **list, size_t number, const char *text)
{
    golden_line *line = scratch_allocate(sizeof(*line));

    line->number = number;
    line->text = text;
    while (*list != NULL)
        list = &(*list)->next;
    *list = line;
}

static const char *read_each(reader *r, const char *words)
{
    command_line *each = &r->file->each;
    const char *problem =
        r->steps > 0 || each->argc > 0 ? "each: comes once, before the steps" : read_words(words, each);

    if (problem == NULL)
        r->word = each->argv[r->which];
    return problem;
}

static const char *read_server(reader *r, const char *words)
{
    if (r->steps > 0 || r->file->server.argc > 0)
        return "server: comes once, before the steps";
    return read_words(words, &r->file->server);
}

/* Sets the mode that the word names. */
static int read_mode(const char *word, unsigned *modes)
{
    static const char *const names[] = { "legacy", "rc4", "aes" };

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(word, names[i]) == 0) {
            *modes |= 1U << i;
            return 1;
        }
    }
    return 0;
}

/* The mark `legacy WORD`, or `legacy refuses N`. */
static int read_legacy(const command_line *words, golden_legacy *legacy, int *refused)
{
    const char *const *argv = words->argv;

    if (words->argc < 2 || strcmp(argv[0], "legacy") != 0)
        return 0;
    if (words->argc == 2 && strcmp(argv[1], "unasked") == 0)
        *legacy = GOLDEN_UNASKED;
    if (words->argc == 2 && strcmp(argv[1], "cut") == 0)
        *legacy = GOLDEN_CUT;
    if (words->argc == 3 && strcmp(argv[1], "refuses") == 0 && strlen(argv[2]) == 1 &&
        strspn(argv[2], "0123456789") == 1) {
        *legacy = GOLDEN_REFUSED;
        *refused = argv[2][0] - '0';
    }
    return *legacy != GOLDEN_NOTHING;
}

static const char *read_mark(reader *r, const char *text)
{
    size_t len = strlen(text);
    command_line words = { { NULL }, 0 };

    if (r->marked || len == 0 || text[len - 1] != ']' ||
        read_words(scratch_format("%.*s", (int)len - 1, text), &words) != NULL)
        return "not a mark of the next step";
    r->marked = 1;
    r->modes = GOLDEN_ALL;
    if (read_legacy(&words, &r->legacy, &r->refused))
        return NULL;
    r->modes = 0;
    for (size_t i = 0; i < words.argc; i++)
        if (!read_mode(words.argv[i], &r->modes))
            return "unknown mode";
    return NULL;
}

static const char *read_step(reader *r, const char *words, int goes_on)
{
    golden_step *step = scratch_allocate(sizeof(*step));

    if (r->steps++ == GOLDEN_STEPS_MAX)
        return "too many steps";
    step->number = r->number;
    step->modes = r->marked ? r->modes : GOLDEN_ALL;
    step->legacy = r->legacy;
    step->refused = r->refused;
    step->goes_on = goes_on;
    if (r->step == NULL)
        r->file->steps = step;
    else
        r->step->next = step;
    r->step = step;
    r->marked = r->has_status = 0;
    r->legacy = GOLDEN_NOTHING;
    return read_words(words, &step->words);
}

static const char *read_text(reader *r, golden_line **list, const char *text)
{
    if (!golden_text_valid(text, list == &r->step->input))
        return "an escape or a placeholder that is not known here; a brace is written \\{";
    append(list, r->number, text);
    return NULL;
}

static const char *read_status(reader *r, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long status = strtoul(text, NULL, 10);

    if (r->has_status || digits == 0 || text[digits] != '\0' || status > STATUS_MAX)
        return "not a first exit status of its step";
    r->has_status = 1;
    r->step->status = (int)status;
    return NULL;
}

/* A line that begins with a mark and a blank, or is a mark. */
static const char *read_marked(reader *r, char mark, const char *text)
{
    if (mark == '$' || mark == '&')
        return read_step(r, text, mark == '&');
    if (r->step == NULL || r->marked)
        return "belongs to no step";
    switch (mark) {
    case '<': return read_text(r, &r->step->input, text);
    case '>': return read_text(r, &r->step->output, text);
    case '!': return read_text(r, &r->step->error, text);
    default: return read_status(r, text);
    }
}

static const char *read_line(reader *r, const char *line)
{
    size_t len = strlen(line);

    if (len == 0 || line[0] == '#')
        return NULL;
    if (line[len - 1] == ' ')
        return "ends with a blank; written \\x20 it can be seen";
    for (const char *p = line; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            return "has bytes that are not printable ASCII";
    if (r->file->server_ends)
        return "behind the end of the server";
    if (strcmp(line, "server ends") == 0) {
        r->file->server_ends = 1;
        return r->step == NULL || r->marked ? "before the steps" : NULL;
    }
    if (strncmp(line, "server: ", 8) == 0)
        return read_server(r, line + 8);
    if (strncmp(line, "each: ", 6) == 0)
        return read_each(r, line + 6);
    if (line[0] == '[')
        return read_mark(r, line + 1);
    if (strchr("$&<>!=", line[0]) == NULL || (len > 1 && line[1] != ' '))
        return "unknown directive";
    return read_marked(r, line[0], line + (len > 1 ? 2 : 1));
}

/* The line with {EACH} replaced. */
static const char *fill_in(const reader *r, const char *line)
{
    const char *mark;

    while (r->word != NULL && (mark = strstr(line, EACH)) != NULL)
        line = scratch_format("%.*s%s%s", (int)(mark - line), line, r->word, mark + strlen(EACH));
    return line;
}

const char *golden_read(golden_file *file, const char *text, size_t which)
{
    reader r = { .file = file, .which = which };

    memset(file, 0, sizeof(*file));
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        const char *problem;

        r.number++;
        problem = read_line(&r, fill_in(&r, scratch_format("%.*s", (int)len, text)));
        if (problem != NULL)
            return scratch_format("line %zu: %s", r.number, problem);
        text += len + (text[len] == '\n');
    }
    if (r.steps == 0)
        return "no steps";
    return r.marked ? "a mark without its step" : NULL;
}

/* ---- legacy mode ---- */

static void refuse(golden_step *legacy, int argument)
{
    legacy->output = legacy->error = NULL;
    append(&legacy->error, legacy->number, scratch_format(REFUSED, argument));
    legacy->status = STATUS_USAGE;
}

golden_step golden_for_legacy(const golden_step *step, int status)
{
    golden_step legacy = *step;

    legacy.output = legacy.error = NULL;
    for (const golden_line *line = step->output; line != NULL; line = line->next)
        append(&legacy.output, line->number, line->text);
    for (const golden_line *line = step->error; line != NULL; line = line->next) {
        if (strncmp(line->text, REMOTE, strlen(REMOTE)) == 0)
            append(&legacy.output, line->number, line->text + strlen(REMOTE));
        else
            append(&legacy.error, line->number, line->text);
    }
    if (step->legacy == GOLDEN_REFUSED)
        refuse(&legacy, step->refused);
    else if (step->legacy == GOLDEN_UNASKED)
        append(&legacy.error, step->number, CLOSED "without a request for the data");
    else if (step->legacy == GOLDEN_CUT && status == STATUS_FAILURE)
        append(&legacy.error, step->number, CLOSED "before all data was sent");
    else if (step->status == STATUS_FAILURE)
        legacy.status = STATUS_OK;
    return legacy;
}
