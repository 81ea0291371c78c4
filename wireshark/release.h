/* SPDX-License-Identifier: ISC */
/* What differs between the releases of Wireshark that the plugin can be built for: 4.0 and 4.4. */
#ifndef SIDEWIRE_WIRESHARK_RELEASE_H
#define SIDEWIRE_WIRESHARK_RELEASE_H

#include <glib.h>
#include <stdbool.h>
#include <ws_version.h>

/* What its callbacks answer. */
#if WIRESHARK_VERSION_MINOR >= 4
typedef bool release_bool;
#else
typedef gboolean release_bool;
#endif

#endif
