/* SPDX-License-Identifier: ISC */
/* Finding text: in all that packets say, whole. */

const SEARCH_SLICE = 40;        /* milliseconds that the page may stand still at a time */

const searchDecoder = new TextDecoder();

/* All that a packet says, as the page has it; parts with a hole between them are not joined. */
function packetText(packet) {
    const parts = packet.words !== undefined ? packet.words : packet.parts.map(part => part.body);
    return parts.map(part => searchDecoder.decode(bytesOf(part))).join('\0').toLowerCase();
}

/* For each packet of a session, whether it says the words, which are in small letters. What is said in
 * several packets, one after the other, is found in the last of them. */
function* findWords(session, words) {
    const tails = ['', ''];
    for (const packet of session.packets) {
        const text = tails[packet.side] + packetText(packet);
        const has = text.includes(words);
        const goesOn = packet.kind === 'data' && !has && words.length > 1;
        tails[packet.side] = goesOn ? text.slice(1 - words.length) : '';
        yield { packet, has };
    }
}

/* Does one of its packets? */
function* saysWords(session, words) {
    for (const { has } of findWords(session, words)) {
        if (has)
            return true;
        yield;
    }
    return false;
}

/* Work in steps, of which the last one returns the result, for the latest question only: at once if it does
 * not take long. */
class Search {
    constructor() {
        this.asked = 0;
    }

    start(steps, done) {
        this.asked++;
        this.go(steps, done, this.asked);
    }

    go(steps, done, asked) {
        const until = performance.now() + SEARCH_SLICE;
        if (asked !== this.asked)
            return;
        while (performance.now() < until) {
            const { done: isOver, value } = steps.next();
            if (isOver) {
                done(value);
                return;
            }
        }
        setTimeout(() => this.go(steps, done, asked));
    }
}
