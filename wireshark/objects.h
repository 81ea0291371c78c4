/* SPDX-License-Identifier: ISC */
/* Wireshark's Export Objects and tshark's --export-objects: uploads and replies as files. */
#ifndef SIDEWIRE_WIRESHARK_OBJECTS_H
#define SIDEWIRE_WIRESHARK_OBJECTS_H

/* The tap that wants a view of each frame. */
int objects_register(int proto);

#endif
