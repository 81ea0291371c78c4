/* SPDX-License-Identifier: ISC */
/* Wireshark's dialog and tshark's -z follow. */
#ifndef SIDEWIRE_WIRESHARK_FOLLOW_H
#define SIDEWIRE_WIRESHARK_FOLLOW_H

/* tap: name of the one that hands views of frames over. */
void follow_register(int proto, const char *tap);

#endif
