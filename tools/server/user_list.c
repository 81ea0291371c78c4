/* SPDX-License-Identifier: ISC */
#include "user_list.h"

#include "key_file.h"
#include "log.h"
#include "platform.h"
#include "private_file.h"
#include "text_lines.h"

#include <sidewire/audio/permissions.h>
#include <sidewire/ssh.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A list while it is read. */
typedef struct reader {
    user_list *list;
    const char *path;
    size_t line;
    char *why;
    size_t why_size;
} reader;

/* ---- the file ---- */

static char *read_descriptor(int fd, size_t *len, char *why, size_t why_size)
{
    char *text = malloc(USER_FILE_MAX + 1);
    ssize_t n = 0;

    *len = 0;
    if (text == NULL) {
        snprintf(why, why_size, "%s", strerror(errno));
        return NULL;
    }
    while (*len <= USER_FILE_MAX && (n = read(fd, text + *len, USER_FILE_MAX + 1 - *len)) > 0)
        *len += (size_t)n;
    if (n < 0)
        snprintf(why, why_size, "%s", strerror(errno));
    else if (*len > USER_FILE_MAX)
        snprintf(why, why_size, "file larger than %d bytes", USER_FILE_MAX);
    else
        return text;
    free(text);
    return NULL;
}

/* Has it been written to while it was read? */
static int has_changed(int fd, const struct stat *before, size_t len)
{
    struct timespec then = platform_modified(before), last;
    struct stat now;

    if (fstat(fd, &now) < 0 || now.st_size != before->st_size || (size_t)now.st_size != len)
        return 1;
    last = platform_modified(&now);
    return last.tv_sec != then.tv_sec || last.tv_nsec != then.tv_nsec;
}

static char *read_file(const char *path, size_t *len, char *why, size_t why_size)
{
    struct stat info;
    const char *problem;
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &info) < 0)
        snprintf(why, why_size, "%s", strerror(errno));
    else if (!S_ISREG(info.st_mode))
        snprintf(why, why_size, "not a regular file");
    else if ((problem = private_file_problem(fd)) != NULL)
        snprintf(why, why_size, "%s", problem);
    else
        text = read_descriptor(fd, len, why, why_size);
    if (text != NULL && has_changed(fd, &info, *len)) {
        snprintf(why, why_size, "changed while it was read");
        free(text);
        text = NULL;
    }
    if (fd >= 0)
        close(fd);
    return text;
}

/* ---- one user ---- */

/* Writes the key file's path to out[0..PATH_MAX). NULL, or what is wrong with it. */
static const char *key_path(const char *list_path, const char *name, char *out)
{
    const char *slash = strrchr(list_path, '/');
    const char *home = getenv("HOME");
    int len;

    if (strncmp(name, "~/", 2) == 0 && home == NULL)
        return "~/ without HOME in the environment";
    if (strncmp(name, "~/", 2) == 0)
        len = snprintf(out, PATH_MAX, "%s/%s", home, name + 2);
    else if (name[0] == '/' || slash == NULL)
        len = snprintf(out, PATH_MAX, "%s", name);
    else
        len = snprintf(out, PATH_MAX, "%.*s/%s", (int)(slash - list_path), list_path, name);
    return len < 0 || len >= PATH_MAX ? "path of the key too long" : NULL;
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Notes the path, if it is the first of its folder. 0, or -1 without memory. */
static int note_key_file(user_list *list, const char *path)
{
    size_t len = folder_length(path);
    char **files;

    for (size_t i = 0; i < list->key_file_count; i++)
        if (folder_length(list->key_files[i]) == len && memcmp(list->key_files[i], path, len) == 0)
            return 0;
    files = realloc(list->key_files, (list->key_file_count + 1) * sizeof(*files));
    if (files == NULL)
        return -1;
    list->key_files = files;
    files[list->key_file_count] = strdup(path);
    if (files[list->key_file_count] == NULL)
        return -1;
    list->key_file_count++;
    return 0;
}

static void skip_user(const reader *r, size_t line, const char *name, const char *reason)
{
    char quoted[2 * USER_NAME_MAX + 8];

    log_event(LEVEL_WARNING, "%s:%zu: user %s skipped: %s", r->path, line,
              log_quote(quoted, sizeof(quoted), name, strlen(name)), reason);
}

/* Room for one more user, zeroed but not yet counted; NULL without memory. */
static user *next_user(user_list *list)
{
    user *u;

    if ((list->count & (list->count - 1)) == 0) { /* full at each power of two */
        size_t cap = list->count == 0 ? 1 : 2 * list->count;
        user *users = realloc(list->users, cap * sizeof(*users));
        if (users == NULL)
            return NULL;
        list->users = users;
    }
    u = &list->users[list->count];
    memset(u, 0, sizeof(*u));
    return u;
}

/* NULL, or why the user cannot be used; the text may be in reason[0..size). */
static const char *fill_user(const reader *r, user *u, char *const *fields, char *reason, size_t size)
{
    const char *name = fields[0];
    const char *permissions = fields[2];
    char path[PATH_MAX];
    const char *problem = key_path(r->path, fields[1], path);
    char why[256];

    if (strlen(name) > USER_NAME_MAX)
        return "name too long";
    if (problem != NULL)
        return problem;
    if (note_key_file(r->list, path) < 0)
        return strerror(errno);
    if (strcmp(permissions, "-") != 0 && /* which means none */
        sw_permissions_parse_names(permissions, strlen(permissions), &u->permissions, NULL) < 0) {
        snprintf(reason, size,
                 "permissions '%s' are not some of AFS_READ,AFS_WRITE,VSS_READ,"
                 "VSS_WRITE",
                 permissions);
        return reason;
    }
    if (load_public_key(&u->key, path, why, sizeof(why)) < 0) {
        snprintf(reason, size, "%s: %s", path, why);
        return reason;
    }
    memcpy(u->name, name, strlen(name) + 1);
    u->line = r->line;
    return NULL;
}

static void skip_double(void *context, const user *u)
{
    skip_user(context, u->line, u->name, "the name was there before with this key");
}

/* The fields behind the word `user`. 0, or -1 if the whole list has to be given up. */
static int add_user(const reader *r, char *const *fields, size_t count)
{
    user_list *list = r->list;
    user *u;
    char buffer[PATH_MAX + 512];
    const char *reason = NULL;

    if (list->count == USERS_MAX) {
        snprintf(r->why, r->why_size, "more than %d users", USERS_MAX);
        return -1;
    }
    u = next_user(list); /* analyzer-malloc-leak: the list has it */
    if (u == NULL) {
        snprintf(r->why, r->why_size, "%s", strerror(errno));
        return -1;
    }
    if (count < 3)
        reason = "fields are missing, wanted are: user NAME KEYFILE PERM[,PERM...]";
    else if (count > 3)
        reason = "more than NAME KEYFILE PERM[,PERM...]";
    else
        reason = fill_user(r, u, fields, buffer, sizeof(buffer));
    if (reason == NULL)
        list->count++;
    else
        skip_user(r, r->line, count > 0 ? fields[0] : "", reason);
    return 0;
}

/* ---- lines ---- */

/* text[0..len) is one line, and text[len] may be written to. */
static int read_line(const reader *r, char *text, size_t len)
{
    static const char blanks[] = " \t\r\v\f";
    char *fields[4];
    size_t count = 0;
    char *rest, *word;

    if (len > USER_LINE_MAX) {
        snprintf(r->why, r->why_size, "line %zu is longer than %d bytes", r->line, USER_LINE_MAX);
        return -1;
    }
    text[len] = '\0';
    word = strtok_r(text, blanks, &rest);
    if (word == NULL || word[0] == '#')
        return 0;
    if (strcmp(word, "user") != 0) {
        log_event(LEVEL_DEBUG, "%s:%zu: no 'user' line, skipped", r->path, r->line);
        return 0;
    }
    while (count < 4 && (word = strtok_r(NULL, blanks, &rest)) != NULL)
        fields[count++] = word;
    return add_user(r, fields, count);
}

static int read_lines(reader *r, char *text, size_t len)
{
    char *end = text + len;
    char *lf;

    text += text_mark_length(text, len);
    for (char *line = text; line < end; line = lf + 1) {
        lf = memchr(line, '\n', (size_t)(end - line));
        if (lf == NULL)
            lf = end;
        r->line++;
        if (read_line(r, line, (size_t)(lf - line)) < 0)
            return -1;
    }
    return 0;
}

static uint64_t read_exponent(const sw_public_key *key)
{
    uint64_t exponent = 0;

    for (size_t i = 0; i < key->e_size; i++)
        exponent = exponent << 8 | key->e[i];
    return exponent;
}

static void count_key(user_list *list, const sw_public_key *key)
{
    uint64_t exponent = read_exponent(key);

    for (size_t i = 0; i < list->key_kind_count; i++) {
        sw_key_kind *kind = &list->key_kinds[i];
        if (kind->bits == key->bits && kind->exponent == exponent) {
            kind->users++;
            return;
        }
    }
    list->key_kinds[list->key_kind_count++] = (sw_key_kind){ key->bits, exponent, 1 };
}

static int compare_kinds(const void *a, const void *b)
{
    const sw_key_kind *x = a, *y = b;

    if (x->bits != y->bits)
        return x->bits < y->bits ? -1 : 1;
    return (x->exponent > y->exponent) - (x->exponent < y->exponent);
}

/* 0, or -1 without memory. The order of the file does not matter, so that names keep the kind that they seem to have
 * when lines are moved. */
static int count_keys(user_list *list)
{
    if (list->count == 0)
        return 0;
    list->key_kinds = calloc(list->count, sizeof(*list->key_kinds));
    if (list->key_kinds == NULL)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (list->users[i].shows)
            count_key(list, &list->users[i].key);
    qsort(list->key_kinds, list->key_kind_count, sizeof(*list->key_kinds), compare_kinds);
    return 0;
}

int user_list_load(user_list *list, const char *path, char *why, size_t why_size)
{
    reader r = { list, path, 0, why, why_size };
    size_t len;
    char *text = read_file(path, &len, why, why_size);
    int is_whole = text != NULL && (len == 0 || text[len - 1] == '\n');
    int result = -1;

    *list = (user_list){ .users = NULL };
    if (text == NULL)
        return -1;
    if (memchr(text, '\0', len) != NULL)
        snprintf(why, why_size, "has a NUL byte, so it is no user list");
    else
        result = read_lines(&r, text, len);
    if (result == 0 && !is_whole) {
        snprintf(why, why_size, "its last line has no end, so a part of it may be missing");
        result = -1;
    }
    if (result == 0 && (user_list_index(list, skip_double, &r) < 0 || count_keys(list) < 0)) {
        snprintf(why, why_size, "%s", strerror(errno));
        result = -1;
    }
    free(text);
    if (result < 0)
        user_list_free(list);
    return result;
}

void user_list_free(user_list *list)
{
    free(list->users);
    free(list->marks);
    free(list->key_kinds);
    for (size_t i = 0; i < list->key_file_count; i++)
        free(list->key_files[i]);
    free(list->key_files);
    *list = (user_list){ .users = NULL };
}
