/* SPDX-License-Identifier: ISC */
#include "tested_backend.h"

#include <check.h>
#include <stdlib.h>

sw_crypto *tested_backend(void)
{
    const char *name = getenv("SIDEWIRE_BACKEND");
    sw_crypto *crypto = sw_backend_new(name);

    ck_assert_msg(crypto != NULL, "no backend '%s'", name != NULL ? name : "(the default)");
    if (name != NULL)
        ck_assert_str_eq(crypto->name, name);
    return crypto;
}
