/* SPDX-License-Identifier: ISC */
/* What audio servers and their clients say to each other over sessions: commands, permissions,
 * arguments, senders, the rules of playing, status items [protocol, sections 9 and 10]. In the same
 * library as <sidewire.h>, whose conventions hold here; nothing there needs anything of this.
 */
#ifndef SIDEWIRE_AUDIO_H
#define SIDEWIRE_AUDIO_H

#include <sidewire/audio/commands.h>
#include <sidewire/audio/player.h>
#include <sidewire/audio/sender.h>

#endif
