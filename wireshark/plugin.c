/* SPDX-License-Identifier: ISC */
/* What Wireshark looks for in a plugin. */
#include "dissector.h"

#include <sidewire/api.h>

#include <epan/proto.h>
#include <ws_version.h>

WS_DLL_PUBLIC_DEF const char plugin_version[] = SW_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

void plugin_register(void)
{
    static proto_plugin plugin = { dissector_register, dissector_handoff };

    proto_register_plugin(&plugin);
}
