/* SPDX-License-Identifier: ISC */
/* The protocol as Wireshark sees it. */
#ifndef SIDEWIRE_WIRESHARK_DISSECTOR_H
#define SIDEWIRE_WIRESHARK_DISSECTOR_H

void dissector_register(void);
void dissector_handoff(void);

#endif
