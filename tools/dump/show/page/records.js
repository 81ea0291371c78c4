/* SPDX-License-Identifier: ISC */
/* The records of the page, as sessions with their packets. */

const PREVIEW_BYTES = 160;
const PREVIEW_WORDS = 16;
const LOSSES = ['lost', 'undecoded'];

const capture = { name: '', sessions: [], byNumber: new Map(), leftOut: 0, shortened: 0,
                  bodyMax: 0, complete: false, packets: 0 };

/* For those of another capture. */
function forgetRecords() {
    Object.assign(capture, { name: '', sessions: [], byNumber: new Map(), leftOut: 0, shortened: 0, complete: false,
                             packets: 0 });
}

const readers = {
    capture(name, format) {
        capture.name = visibleText(name);
        times.format = format;
    },

    session(number, start, nanoseconds, client, server, user, features, cipher) {
        const session = { number, start, nanoseconds, client, server, features, cipher,
                          user: user === undefined || user === null ? undefined : visibleText(user),
                          command: '', packets: [], last: [], bytes: [0, 0],
                          answered: undefined, end: undefined };
        capture.sessions.push(session);
        capture.byNumber.set(number, session);
    },

    packet(number, side, time, frame, kind, name, size, came, note, fault, body, words) {
        const session = capture.byNumber.get(number);
        const packet = { number: session.packets.length + 1, session: number, frame, side, time, kind, name,
                         size, came,
                         note: visibleText(note), fault: visibleText(fault), words,
                         parts: [{ offset: 0, body }] };
        session.packets.push(packet);
        if (!LOSSES.includes(kind)) {
            session.last[side] = packet; /* a loss may lie between its parts */
            session.bytes[side] += Number(came);
        }
        if (side === 1 && session.answered === undefined &&
            (kind === 'proceed' || kind === 'encrypted' || kind === 'record'))
            session.answered = time;
        if (words !== undefined)
            session.command = words.slice(0, PREVIEW_WORDS).map(visibleText).join(' ');
        capture.packets++;
    },

    part(number, side, offset, size, came, fault, body) {
        const session = capture.byNumber.get(number);
        const packet = session.last[side];
        session.bytes[side] += Number(came) - Number(packet.came);
        Object.assign(packet, { size, came, fault: visibleText(fault) });
        if (body !== '')
            packet.parts.push({ offset, body });
    },

    end(number, time, outcome, damage, exit, key, user, userKey) {
        const session = capture.byNumber.get(number);
        if (user !== null) /* that of a sealed session came with its records */
            session.user = visibleText(user);
        session.userKey = visibleText(userKey);
        session.end = { time, outcome: visibleText(outcome), damaged: damage === 'damaged', exit,
                        key: visibleText(key) };
    },

    /* Of a session of which packets were left out: what it had. */
    sums(number, packets, up, down) {
        const session = capture.byNumber.get(number);
        session.all = packets;
        session.bytes = [up, down];
    },

    totals(leftOut, shortened, bodyMax) {
        Object.assign(capture, { leftOut, shortened, bodyMax, complete: true });
    }
};

/* The page may be cut where it was still being written: what cannot be read is left out. */
function readLine(line) {
    try {
        const [name, ...values] = JSON.parse(line);
        readers[name](...values);
    } catch (error) {
        console.warn(`record not readable: ${error.message}`);
    }
}

function readRecords() {
    for (const element of document.querySelectorAll('script.records')) {
        for (const line of element.textContent.split('\n'))
            if (line !== '')
                readLine(line);
        element.remove();
    }
}

/* ---- what is shown of them ---- */

/* How a session ended, as a class of style. */
function outcomeClass(session) {
    if (session.end === undefined || session.end.damaged)
        return 'bad';
    return { success: 'good', failure: 'poor' }[session.end.exit] || 'neutral';
}

function outcomeText(session) {
    return session.end === undefined ? 'the page ends before it' : session.end.outcome;
}

function packetClasses(packet) {
    if (packet.fault !== '' || LOSSES.includes(packet.kind))
        return ['bad', 'unseen'];
    if (packet.kind === 'encrypted' || packet.kind === 'record')
        return ['unseen'];
    return { WARNING_LOG: ['poor'], ERROR_LOG: ['bad'], CRIT_LOG: ['bad'], EMERG_LOG: ['bad'],
             EXIT__SUCCESS: ['good'], EXIT__FAILURE: ['bad'] }[packet.name] || [];
}

function wordText(base64) {
    return '"' + visibleText(base64).replaceAll('"', '\\"') + '"';
}

/* The beginning of what a packet says, on one line; kept, since filters ask often. */
function preview(packet) {
    if (packet.preview === undefined) {
        const bytes = bytesOf(packet.parts[0].body.slice(0, Math.ceil(PREVIEW_BYTES / 3) * 4));
        const cut = bytes.length < packet.size ? '\u2026' : '';
        if (packet.words !== undefined)
            packet.preview = packet.words.slice(0, PREVIEW_WORDS).map(wordText).join(' ') +
                (packet.words.length > PREVIEW_WORDS ? ' \u2026' : '');
        else if (['challenge', 'response', 'noise'].includes(packet.kind) || bytes.length === 0)
            packet.preview = '';
        else
            packet.preview = visibleLine(bytes) + cut;
    }
    return packet.preview;
}

/* A number; large ones are strings in records. */
function plural(n, one, many = one + 's') {
    return `${BigInt(n).toLocaleString('en')} ${Number(n) === 1 ? one : many}`;
}

function sizeText(n) {
    return plural(n, 'byte');
}
