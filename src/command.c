/* Argument vectors, permissions, command lookup [protocol, section 9]. */
#include <sidewire/command.h>

#include <string.h>

static int fail(sw_error *error, int code, uint64_t value, uint64_t limit)
{
    if (error != NULL) {
        error->code = code;
        error->value = value;
        error->limit = limit;
    }
    return code;
}

/* ---- sideband ---- */

int sw_command_encode(const char *const *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                      sw_error *error)
{
    size_t need = 0;

    if (len != NULL)
        *len = 0;
    if (len == NULL || (argv == NULL && argc > 0) || (out == NULL && cap > 0))
        return fail(error, SW_E_NULL, 0, 0);
    if (argc == 0)
        return fail(error, SW_E_COMMAND_EMPTY, 0, 0);
    for (size_t i = 0; i < argc; i++) {
        if (argv[i] == NULL)
            return fail(error, SW_E_NULL, 0, 0);
        need += strlen(argv[i]) + 1;
    }
    if (need > SW_COMMAND_MAX)
        return fail(error, SW_E_COMMAND_SIZE, need, SW_COMMAND_MAX);
    if (need > cap)
        return fail(error, SW_E_SPACE, cap, need);
    for (size_t i = 0; i < argc; i++) {
        size_t n = strlen(argv[i]) + 1;
        memcpy(out + *len, argv[i], n);
        *len += n;
    }
    return fail(error, SW_OK, 0, 0);
}

/* The checks that both decoders begin with. */
static int decode_begin(const uint8_t *text, size_t len, const sw_argument *argv, size_t max,
                        sw_arguments *out, sw_error *error)
{
    if (out == NULL || (text == NULL && len > 0) || (argv == NULL && max > 0))
        return fail(error, SW_E_NULL, 0, 0);
    out->count = 0;
    out->unterminated = 0;
    if (len > SW_COMMAND_MAX)
        return fail(error, SW_E_COMMAND_SIZE, len, SW_COMMAND_MAX);
    return fail(error, SW_OK, 0, 0);
}

/* Adds an argument; 0 if there is no room. */
static int add(sw_argument *argv, size_t max, sw_arguments *out, const char *data, const char *end)
{
    if (out->count == max)
        return 0;
    argv[out->count].data = data;
    argv[out->count].len = (size_t)(end - data);
    out->count++;
    return 1;
}

int sw_command_decode(const uint8_t *body, size_t len, sw_argument *argv, size_t max,
                      sw_arguments *out, sw_error *error)
{
    const char *p = (const char *)body;
    const char *end;
    int result = decode_begin(body, len, argv, max, out, error);

    if (result < 0)
        return result;
    if (len == 0)
        return fail(error, SW_E_COMMAND_EMPTY, 0, 0);
    for (end = p + len; p < end; p++) {
        const char *nul = memchr(p, '\0', (size_t)(end - p));
        out->unterminated = nul == NULL;
        if (nul == NULL)
            nul = end;
        if (!add(argv, max, out, p, nul))
            return fail(error, SW_E_ARGUMENTS, 0, max);
        p = nul;
        if (nul == end)
            break;
    }
    return SW_OK;
}

/* ---- legacy: each argument behind a LF, then the end mark ---- */

static const char end_mark[] = "\nEnd of Command.\n"; /* from memory [M] */
enum { END_MARK_LEN = sizeof(end_mark) - 1, END_TEXT_LEN = END_MARK_LEN - 2 };

/* An argument that reads like the end mark would end the command. */
static int legacy_carries(const char *argument, size_t len)
{
    if (len == END_TEXT_LEN && memcmp(argument, end_mark + 1, len) == 0)
        return 0;
    return len > 0 && memchr(argument, '\n', len) == NULL;
}

int sw_command_encode_legacy(const char *const *argv, size_t argc, uint8_t *out, size_t cap,
                             size_t *len, sw_error *error)
{
    size_t need = END_MARK_LEN;

    if (len != NULL)
        *len = 0;
    if (len == NULL || (argv == NULL && argc > 0) || (out == NULL && cap > 0))
        return fail(error, SW_E_NULL, 0, 0);
    if (argc == 0)
        return fail(error, SW_E_COMMAND_EMPTY, 0, 0);
    for (size_t i = 0; i < argc; i++) {
        if (argv[i] == NULL)
            return fail(error, SW_E_NULL, 0, 0);
        if (!legacy_carries(argv[i], strlen(argv[i])))
            return fail(error, SW_E_ARGUMENT, i, argc);
        need += strlen(argv[i]) + 1;
    }
    if (need > SW_COMMAND_MAX)
        return fail(error, SW_E_COMMAND_SIZE, need, SW_COMMAND_MAX);
    if (need > cap)
        return fail(error, SW_E_SPACE, cap, need);
    for (size_t i = 0; i < argc; i++) {
        size_t n = strlen(argv[i]);
        out[(*len)++] = '\n';
        memcpy(out + *len, argv[i], n);
        *len += n;
    }
    memcpy(out + *len, end_mark, END_MARK_LEN);
    *len += END_MARK_LEN;
    return fail(error, SW_OK, 0, 0);
}

int sw_command_legacy_complete(const uint8_t *text, size_t len)
{
    return text != NULL && len >= END_MARK_LEN &&
           memcmp(text + len - END_MARK_LEN, end_mark, END_MARK_LEN) == 0;
}

int sw_command_decode_legacy(const uint8_t *text, size_t len, sw_argument *argv, size_t max,
                             sw_arguments *out, sw_error *error)
{
    const char *p = (const char *)text;
    const char *end;
    int result = decode_begin(text, len, argv, max, out, error);

    if (result < 0)
        return result;
    if (!sw_command_legacy_complete(text, len) || memchr(text, '\0', len) != NULL)
        return fail(error, SW_E_COMMAND_SYNTAX, 0, 0);
    end = p + len - END_MARK_LEN;
    if (p == end)
        return fail(error, SW_E_COMMAND_EMPTY, 0, 0);
    while (p < end) {
        const char *start = p + 1;
        const char *lf = start < end ? memchr(start, '\n', (size_t)(end - start)) : NULL;
        if (lf == NULL)
            lf = end;
        if (*p != '\n' || !legacy_carries(start, (size_t)(lf - start)))
            return fail(error, SW_E_COMMAND_SYNTAX, 0, 0);
        if (!add(argv, max, out, start, lf))
            return fail(error, SW_E_ARGUMENTS, 0, max);
        p = lf;
    }
    return SW_OK;
}

/* ---- permissions ---- */

static const char permission_chars[SW_PERMISSIONS_TEXT_SIZE] = { 'a', 'A', 'v', 'V' };
static const char *const permission_names[SW_PERMISSIONS_TEXT_SIZE] = { "AFS_READ", "AFS_WRITE",
                                                                       "VSS_READ", "VSS_WRITE" };

void sw_permissions_format(unsigned permissions, char *out)
{
    if (out == NULL)
        return;
    for (unsigned i = 0; i < SW_PERMISSIONS_TEXT_SIZE; i++)
        out[i] = permissions & 1u << i ? permission_chars[i] : '-';
    out[SW_PERMISSIONS_TEXT_SIZE] = '\0';
}

int sw_permissions_parse(const char *text, size_t len, unsigned *permissions)
{
    unsigned set = 0;

    if (permissions == NULL || (text == NULL && len > 0))
        return SW_E_NULL;
    if (len != SW_PERMISSIONS_TEXT_SIZE)
        return SW_E_PERMISSION;
    for (unsigned i = 0; i < SW_PERMISSIONS_TEXT_SIZE; i++) {
        if (text[i] == permission_chars[i])
            set |= 1u << i;
        else if (text[i] != '-')
            return SW_E_PERMISSION;
    }
    *permissions = set;
    return SW_OK;
}

/* The bit of a permission's name, or 0. */
static unsigned permission_bit(const char *name, size_t len)
{
    for (unsigned i = 0; i < SW_PERMISSIONS_TEXT_SIZE; i++)
        if (strlen(permission_names[i]) == len && memcmp(permission_names[i], name, len) == 0)
            return 1u << i;
    return 0;
}

int sw_permissions_parse_names(const char *text, size_t len, unsigned *permissions)
{
    unsigned set = 0;
    size_t start = 0;

    if (permissions == NULL || (text == NULL && len > 0))
        return SW_E_NULL;
    for (size_t i = 0; i <= len; i++) {
        unsigned bit;
        if (i < len && text[i] != ',')
            continue;
        bit = i > start ? permission_bit(text + start, i - start) : 0;
        if (bit == 0)
            return SW_E_PERMISSION;
        set |= bit;
        start = i + 1;
    }
    *permissions = set;
    return SW_OK;
}

/* ---- tables ---- */

const sw_command *sw_command_find(const sw_command_table *table, const char *name, size_t len)
{
    if (table == NULL || name == NULL)
        return NULL;
    for (size_t i = 0; i < table->count; i++) {
        const sw_command *command = &table->commands[i];
        if (strlen(command->name) == len && memcmp(command->name, name, len) == 0)
            return command;
    }
    return NULL;
}

int sw_command_allowed(const sw_command *command, unsigned permissions)
{
    return command != NULL && (command->permissions & ~permissions) == 0;
}
