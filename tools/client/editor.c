/* SPDX-License-Identifier: ISC */
#include "editor.h"

#include "completion.h"
#include "keyboard.h"
#include "report.h"
#include "typed_lines.h"
#include "words.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { COLUMNS_DEFAULT = 80 };

struct editor {
    EditLine *line;
    typed_lines lines;
    FILE *out;
    char *text;      /* what editor_read gave */
    int interrupted; /* by ^C */
    keyboard keyboard;
};

static char *prompt(EditLine *line)
{
    static char text[] = "sidewire> ";

    (void)line;
    return text;
}

/* ---- completion ---- */

static size_t list_columns(const editor *e, size_t cell)
{
    struct winsize size;
    size_t columns = COLUMNS_DEFAULT;

    if (ioctl(fileno(e->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    return columns > cell ? columns / cell : 1;
}

static void list_candidates(const editor *e, const completion *c)
{
    size_t cell = 0;
    size_t columns, rows;

    for (size_t i = 0; i < c->count; i++)
        if (strlen(c->candidates[i]) + 2 > cell)
            cell = strlen(c->candidates[i]) + 2;
    columns = list_columns(e, cell);
    rows = (c->count + columns - 1) / columns;
    fputc('\n', e->out);
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < c->count; i += rows)
            fprintf(e->out, "%-*s", i + rows < c->count ? (int)cell : 0, c->candidates[i]);
        fputc('\n', e->out);
    }
}

/* Candidates for the word that ends at the cursor. A word with quotes is none of them. */
static int find_candidates(const LineInfo *info, completion *c, size_t *prefix_len)
{
    const char *start = info->cursor;
    words_error error;
    words before;
    char prefix[64];

    while (start > info->buffer && start[-1] != ' ' && start[-1] != '\t')
        start--;
    *prefix_len = (size_t)(info->cursor - start);
    if (*prefix_len >= sizeof(prefix) ||
        words_split(&before, info->buffer, (size_t)(start - info->buffer), &error) < 0)
        return 0;
    memcpy(prefix, start, *prefix_len);
    prefix[*prefix_len] = '\0';
    completion_find(c, (const char *const *)before.argv, before.argc, prefix);
    words_free(&before);
    return c->count > 0;
}

/* Bound to the TAB key: inserts what all candidates share, or lists them if that is nothing. */
static unsigned char complete(EditLine *line, int key)
{
    const LineInfo *info = el_line(line);
    size_t prefix_len, n;
    char text[64];
    completion c;
    editor *e;

    (void)key;
    el_get(line, EL_CLIENTDATA, &e);
    if (!find_candidates(info, &c, &prefix_len) || c.common - prefix_len + 2 > sizeof(text))
        return CC_ERROR;
    n = c.common - prefix_len;
    if (n == 0 && c.count > 1) {
        list_candidates(e, &c);
        return CC_REDISPLAY;
    }
    memcpy(text, c.candidates[0] + prefix_len, n);
    if (c.count == 1 && (info->cursor == info->lastchar || *info->cursor != ' '))
        text[n++] = ' ';
    text[n] = '\0';
    return el_insertstr(line, text) < 0 ? CC_ERROR : CC_REFRESH;
}

/* ---- ^C and ^Z ---- */

/* Bound to the key: a signal that comes while nothing is read would be lost. */
static unsigned char interrupt(EditLine *line, int key)
{
    editor *e;

    (void)key;
    el_get(line, EL_CLIENTDATA, &e);
    e->interrupted = 1;
    el_push(line, "\n");
    return CC_NORM;
}

static unsigned char suspend(EditLine *line, int key)
{
    (void)key;
    el_set(line, EL_PREP_TERM, 0);
    raise(SIGTSTP);
    el_set(line, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

/* ---- lines ---- */

static int read_character(EditLine *line, wchar_t *character)
{
    editor *e;

    el_get(line, EL_CLIENTDATA, &e);
    return keyboard_read(&e->keyboard, character);
}

/* A line that no longer fits into a terminal made smaller would overflow libedit's memory. So the
 * size is looked at between lines only, which libedit does anyway. */
static void defer_resizing(void)
{
    sigset_t resizing;

    sigemptyset(&resizing);
    sigaddset(&resizing, SIGWINCH);
    sigprocmask(SIG_BLOCK, &resizing, NULL);
}

editor *editor_new(FILE *out, const char *history_path)
{
    editor *e = calloc(1, sizeof(*e));

    if (e != NULL) {
        e->out = out;
        e->line = el_init("sidewire-client", stdin, out, stderr);
        typed_lines_open(&e->lines, history_path);
    }
    if (e == NULL || e->line == NULL || e->lines.history == NULL) {
        report_system("line editing", ENOMEM);
        editor_free(e);
        return NULL;
    }
    defer_resizing();
    el_set(e->line, EL_CLIENTDATA, e);
    e->keyboard.fd = fileno(stdin);
    el_wset(e->line, EL_GETCFN, read_character);
    el_set(e->line, EL_PROMPT, prompt);
    el_set(e->line, EL_HIST, history, e->lines.history);
    el_set(e->line, EL_EDITOR, "emacs");
    el_set(e->line, EL_SIGNAL, 1); /* no signal leaves the terminal as it is for editing */
    /* by el_wset, since el_set makes copies that nobody frees */
    el_wset(e->line, EL_ADDFN, L"sidewire-complete", L"complete the word", complete);
    el_wset(e->line, EL_ADDFN, L"sidewire-interrupt", L"give the line up", interrupt);
    el_wset(e->line, EL_ADDFN, L"sidewire-suspend", L"stop the program", suspend);
    el_source(e->line, NULL);
    el_set(e->line, EL_SETTY, "-d", "-isig", NULL); /* ^C and ^Z are keys while a line is edited */
    el_set(e->line, EL_BIND, "\t", "sidewire-complete", NULL);
    el_set(e->line, EL_BIND, "^C", "sidewire-interrupt", NULL);
    el_set(e->line, EL_BIND, "^Z", "sidewire-suspend", NULL);
    return e;
}

line_result editor_read(editor *e, const char **line, size_t *len)
{
    int count;
    const char *text;

    el_set(e->line, EL_PREP_TERM, 1); /* before the prompt: what follows is not echoed twice */
    e->interrupted = 0;
    e->keyboard.was_foreign = 0;
    errno = 0;
    text = el_gets(e->line, &count);
    if (e->interrupted)
        return LINE_INTERRUPTED;
    if (text == NULL || count <= 0) {
        int error = errno;
        fputc('\n', e->out);
        fflush(e->out);
        errno = error;
        if (count == 0)
            return LINE_END;
        return errno == EINTR ? LINE_INTERRUPTED : LINE_FAILED;
    }
    if (e->keyboard.was_foreign)
        return LINE_FOREIGN;
    free(e->text);
    e->text = strndup(text, strcspn(text, "\n"));
    if (e->text == NULL)
        return LINE_FAILED;
    if (e->text[strspn(e->text, " \t")] != '\0')
        typed_lines_add(&e->lines, e->text);
    *line = e->text;
    *len = strlen(e->text);
    return LINE_READ;
}

void editor_free(editor *e)
{
    if (e == NULL)
        return;
    if (e->line != NULL)
        el_end(e->line);
    typed_lines_close(&e->lines);
    free(e->text);
    free(e);
}
