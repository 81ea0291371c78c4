/* SPDX-License-Identifier: ISC */
/* Permissions of a user of an audio server [protocol, section 9]: bits of a set, for
 * sw_command_check.
 *
 * AFS is the audio file selector, which knows the files and what belongs to them; VSS the virtual
 * streaming system, which plays. A set is written in two ways: four characters, as `help` shows it,
 * and a list of names, as a list of users has it.
 */
#ifndef SIDEWIRE_AUDIO_PERMISSIONS_H
#define SIDEWIRE_AUDIO_PERMISSIONS_H

#include <sidewire/audio/error.h>

SW_BEGIN_DECLS

enum {
    SW_AFS_READ = 1,
    SW_AFS_WRITE = 2,
    SW_VSS_READ = 4,
    SW_VSS_WRITE = 8,
    SW_PERMISSIONS_ALL = 15,
    SW_PERMISSIONS_TEXT_SIZE = 4 /* characters of a set */
};

/* Writes the set as four characters, one of `aAvV` or `-` each, and a NUL, which is 5 bytes in all.
 * Bits beyond SW_PERMISSIONS_ALL are not shown. */
SW_API void sw_permissions_format(unsigned permissions, char *out);

/* Reads a list of at least one name, as in `AFS_READ,VSS_READ`, without blanks. SW_OK and the set;
 * SW_E_PERMISSION on a name that is unknown or empty (value: its place in the text, limit: its length);
 * SW_E_NULL. On failure *permissions stays. error may be NULL. */
SW_API int sw_permissions_parse_names(const char *text, size_t len, unsigned *permissions, sw_error *error);

SW_END_DECLS
#endif
