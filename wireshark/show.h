/* SPDX-License-Identifier: ISC */
/* From what was found in a frame to Wireshark's tree, columns and expert infos. */
#ifndef SIDEWIRE_WIRESHARK_SHOW_H
#define SIDEWIRE_WIRESHARK_SHOW_H

#include "view.h"

/* payload: the bytes that the finding was made from. What is returned is of the packet's scope. */
const view *show_finding(const finding *r, int proto, tvbuff_t *payload, packet_info *pinfo, proto_tree *tree);

#endif
