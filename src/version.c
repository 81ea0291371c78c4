/* SPDX-License-Identifier: ISC */
#include <sidewire/api.h>

const char *sw_version(void)
{
    return SW_VERSION;
}
