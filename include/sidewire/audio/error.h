/* SPDX-License-Identifier: ISC */
/* Errors of the audio room. They use the sw_error of the core, with codes and texts of their own, so
 * that a program without audio has none of them. */
#ifndef SIDEWIRE_AUDIO_ERROR_H
#define SIDEWIRE_AUDIO_ERROR_H

#include <sidewire/error.h>

SW_BEGIN_DECLS

/* Codes from -400 to -499; published numbers never change. Functions of this room also return
 * those of the core where they say so, SW_E_NULL for example. */
enum {
    /* what the peer wrote, -400..-449 */
    SW_E_ARGUMENT_MISSING = -400, /* a command needs one more argument */
    SW_E_ARGUMENT_EXTRA = -401,   /* argument that the command does not take */
    SW_E_ARGUMENT_UNKNOWN = -402, /* unknown option or subcommand */
    SW_E_ARGUMENT_NUMBER = -403,  /* not a whole decimal number */
    SW_E_ARGUMENT_SMALL = -404,   /* number below the least allowed */
    SW_E_ARGUMENT_LARGE = -405,   /* number above the limit */
    SW_E_ARGUMENT_ADDRESS = -406, /* not an IPv4 address */
    SW_E_ARGUMENT_TARGET = -407,  /* not a target of a sender */
    SW_E_SENDER = -408,           /* no sender has this name */
    SW_E_SENDER_COMMAND = -409,   /* subcommand that this sender does not have */
    SW_E_NO_AUDIO_FILE = -410,    /* ff or jmp without an open file */
    SW_E_STATUS_LENGTH = -420,    /* status item: length is not four hex digits */
    SW_E_STATUS_SHORT = -421,     /* status item: length below that of an empty item */
    SW_E_STATUS_BLANK = -422,     /* status item: no blank where one belongs */
    SW_E_STATUS_NUMBER = -423,    /* status item: number is not two hex digits */
    SW_E_STATUS_UNKNOWN = -424,   /* status item: number not in the table */
    SW_E_STATUS_COLON = -425,     /* status item: no colon where one belongs */
    SW_E_STATUS_NAME = -426,      /* status item: name empty or not in the table */
    SW_E_STATUS_NAME_SIZE = -427, /* status item: name longer than any known one */
    SW_E_STATUS_END = -428,       /* status item: no LF behind the value */
    SW_E_STATUS_TRUNCATED = -429, /* output over in the middle of a status item */
    SW_E_STATUS_VALUE = -430,     /* text is not a value of its kind */

    /* what the caller handed in, -450..-499 */
    SW_E_PERMISSION = -450,  /* unknown permission name */
    SW_E_VALUE = -451,       /* value that cannot be written or used */
    SW_E_STATUS_SIZE = -452, /* value of a status item above the limit */
    SW_E_STATUS_LINE = -453, /* value with LF, which the human form cannot carry */
};

/* As sw_error_format, for codes of this room and of the core alike: whoever calls functions of the
 * room asks here. */
SW_API size_t sw_audio_error_format(const sw_error *error, char *out, size_t cap);

SW_END_DECLS
#endif
