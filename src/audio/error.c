/* SPDX-License-Identifier: ISC */
/* Texts of the codes from -400 to -499. */
#include <sidewire/audio/error.h>

#include "../error_internal.h"

static const swi_error_text texts[] = {
    { SW_E_ARGUMENT_MISSING, "argument missing", "argument %v" },
    { SW_E_ARGUMENT_EXTRA, "unexpected argument", "argument %v, at most %l allowed" },
    { SW_E_ARGUMENT_UNKNOWN, "unknown option or subcommand", "argument %v" },
    { SW_E_ARGUMENT_NUMBER, "not a whole decimal number", "argument %v" },
    { SW_E_ARGUMENT_SMALL, "number too small", "argument %v, at least %l needed" },
    { SW_E_ARGUMENT_LARGE, "number too large", "argument %v, limit %l" },
    { SW_E_ARGUMENT_ADDRESS, "not an IPv4 address", "argument %v" },
    { SW_E_ARGUMENT_TARGET, "not a target that this sender takes", "argument %v" },
    { SW_E_SENDER, "unknown sender", "argument %v" },
    { SW_E_SENDER_COMMAND, "command not supported by this sender", "argument %v" },
    { SW_E_NO_AUDIO_FILE, "no audio file", NULL },

    { SW_E_STATUS_LENGTH, "length of a status item is not hexadecimal", "byte %v as digit %l" },
    { SW_E_STATUS_SHORT, "length of a status item too small", "%v, at least %l" },
    { SW_E_STATUS_BLANK, "status item without its blank", "byte %v instead of %l" },
    { SW_E_STATUS_NUMBER, "number of a status item is not hexadecimal", "byte %v as digit %l" },
    { SW_E_STATUS_UNKNOWN, "status item of unknown number", "%v, the table has %l items" },
    { SW_E_STATUS_COLON, "status item without a colon", "byte %v instead of %l" },
    { SW_E_STATUS_NAME, "status item of unknown name", "of %v bytes" },
    { SW_E_STATUS_NAME_SIZE, "name of a status item too long", "%v bytes, limit %l" },
    { SW_E_STATUS_END, "status item without a line feed behind its value", "byte %v instead of %l" },
    { SW_E_STATUS_TRUNCATED, "output ends in the middle of a status item", "%v bytes of it came" },
    { SW_E_STATUS_VALUE, "not a value of this status item", "byte %v of %l" },

    { SW_E_PERMISSION, "unknown permission", "a name of %l bytes, at byte %v" },
    { SW_E_VALUE, "value that cannot be written or used", "argument %v" },
    { SW_E_STATUS_SIZE, "value of a status item too long", "%v bytes, limit %l" },
    { SW_E_STATUS_LINE, "value of a status item with a line feed", "byte %v of %l" },

    { 0, NULL, NULL },
};

size_t sw_audio_error_format(const sw_error *error, char *out, size_t cap)
{
    const swi_error_text *known = error != NULL ? swi_error_find(texts, error->code) : NULL;

    return known != NULL ? swi_error_write(known, error, out, cap) : sw_error_format(error, out, cap);
}
