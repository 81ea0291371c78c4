/* SPDX-License-Identifier: ISC */
/* Permissions of a user of an audio server [protocol, section 9]. */
#include <sidewire/audio/permissions.h>

#include "../error_internal.h"
#include "../text.h"

static const char permission_chars[SW_PERMISSIONS_TEXT_SIZE] = { 'a', 'A', 'v', 'V' };
static const char *const permission_names[] = { "AFS_READ", "AFS_WRITE", "VSS_READ", "VSS_WRITE", NULL };

void sw_permissions_format(unsigned permissions, char *out)
{
    if (out == NULL)
        return;
    for (unsigned i = 0; i < SW_PERMISSIONS_TEXT_SIZE; i++)
        out[i] = permissions & 1u << i ? permission_chars[i] : '-';
    out[SW_PERMISSIONS_TEXT_SIZE] = '\0';
}

int sw_permissions_parse_names(const char *text, size_t len, unsigned *permissions, sw_error *error)
{
    size_t at, name_len;

    if (permissions == NULL || (text == NULL && len > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (!swi_names_parse(permission_names, text, len, permissions, &at, &name_len))
        return swi_error_set(error, SW_E_PERMISSION, at, name_len);
    return swi_error_set(error, SW_OK, 0, 0);
}
