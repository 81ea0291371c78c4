/* SPDX-License-Identifier: ISC */
/* The player under any sequence of calls at any times. */
#include "any.h"

#include <sidewire/audio/player.h>

void prove_player(void)
{
    sw_player player;

    sw_player_init(&player);
    /*@ loop unroll 0; */
    while (any_int) {
        uint64_t now = any_64;
        switch (any_int) {
        case 0: sw_player_run(&player, now); break;
        case 1: sw_player_opened(&player, any_64, now); break;
        case 2: sw_player_moved(&player, now); break;
        case 3: sw_player_play(&player, now); break;
        case 4: sw_player_stop(&player, now); break;
        case 5: sw_player_pause(&player, now); break;
        case 6: sw_player_next(&player, now); break;
        case 7: sw_player_nomore(&player, now); break;
        case 8: sw_player_ff(&player, any_unsigned, any_int, now); break;
        case 9: sw_player_jmp(&player, any_unsigned, now); break;
        case 10: (void)sw_player_wait(&player, now); break;
        case 11: (void)sw_player_position(&player, now); break;
        default: (void)sw_player_state(any_unsigned);
        }
    }
}
