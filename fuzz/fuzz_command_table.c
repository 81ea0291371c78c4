/* SPDX-License-Identifier: ISC */
/* Tables of commands of anybody's making, and a command that is looked for: what is found, what is allowed, and what the
 * peer is told, beside the same worked out by the words of command.h.
 * Input: table_choices, then rows, each a row_choices and that many bytes of its name; the rest is the name asked for. */
#include <sidewire/command.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "choices.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS_MAX = 8, ARGUMENTS_MAX = 4, ANY = 255 };

typedef struct table_choices {
    uint8_t rows;        /* modulo ROWS_MAX + 1 */
    uint8_t permissions; /* of the user */
    uint8_t argc;        /* modulo ARGUMENTS_MAX + 1 */
} table_choices;

typedef struct row_choices {
    uint8_t name_len;
    uint8_t permissions;
    uint8_t least, most; /* ANY: SW_ARGUMENTS_ANY */
} row_choices;

/* Each name is a block of its own, so that a byte read behind its NUL is seen. */
static char *take_name(const uint8_t **data, size_t *size, size_t len)
{
    size_t n = len < *size ? len : *size;
    char *name = (char *)exact_block(n + 1);

    if (n > 0)
        memcpy(name, *data, n);
    name[n] = '\0';
    *data += n;
    *size -= n;
    return name;
}

static const sw_command *expected_row(const sw_command *rows, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
            return &rows[i];
    return NULL;
}

static int expected_result(const sw_command *row, size_t argc, unsigned permissions)
{
    size_t arguments = argc - 1;

    if (argc == 0 || row == NULL)
        return SW_E_COMMAND_UNKNOWN;
    if ((row->permissions & permissions) != row->permissions)
        return SW_E_COMMAND_DENIED;
    if (arguments < row->least || (row->most != SW_ARGUMENTS_ANY && arguments > row->most))
        return SW_E_COMMAND_ARGUMENTS;
    return SW_OK;
}

static void ask(const sw_command_table *table, const table_choices *c, const char *name, size_t len)
{
    const sw_argument argv[ARGUMENTS_MAX] = { { name, len }, { "", 0 }, { "", 0 }, { "", 0 } };
    size_t argc = c->argc % (ARGUMENTS_MAX + 1u);
    const sw_command *row = expected_row(table->commands, table->count, name, len), *found;
    int expected = expected_result(row, argc, c->permissions);
    const char *refusal;
    sw_error error;

    check(sw_command_find(table, name, len) == row, "the first row of that name is found");
    check_result("checked", sw_command_check(table, argv, argc, c->permissions, &found, &refusal, &error),
                 expected);
    check(found == (argc > 0 ? row : NULL), "what was checked is what was found");
    check_result("code", error.code, expected);
    if (expected == SW_OK)
        check(refusal == NULL, "no refusal");
    else
        check(refusal != NULL && strcmp(refusal, sw_command_refusal(expected)) == 0, "the refusal of that error");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_command rows[ROWS_MAX];
    char *names[ROWS_MAX];
    table_choices choices;
    sw_command_table table = { rows, 0 };
    uint8_t *asked;

    data = choices_read(&choices, sizeof(choices), data, &size);
    memset(rows, 0, sizeof(rows));
    while (table.count < choices.rows % (ROWS_MAX + 1u)) {
        row_choices row;
        data = choices_read(&row, sizeof(row), data, &size);
        names[table.count] = take_name(&data, &size, row.name_len);
        rows[table.count] = (sw_command){ .name = names[table.count],
                                          .permissions = row.permissions,
                                          .least = row.least,
                                          .most = row.most == ANY ? SW_ARGUMENTS_ANY : row.most };
        table.count++;
    }
    asked = exact_copy(data, size);
    ask(&table, &choices, (const char *)asked, size);
    for (size_t i = 0; i < table.count; i++)
        ask(&table, &choices, names[i], strlen(names[i]));
    free(asked);
    while (table.count > 0)
        free(names[--table.count]);
    return 0;
}
