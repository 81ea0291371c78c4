/* SPDX-License-Identifier: ISC */
/* A session as a conversation: what was asked, and the answer in one piece. */

const CONVERSATION_BYTES = 4 << 20;     /* that are shown at most; all can be saved */

/* ---- files ---- */

/* Lets the browser save bytes. */
function saveBytes(name, chunks) {
    const link = element('a', '');
    link.href = URL.createObjectURL(new Blob(chunks, { type: 'application/octet-stream' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/* The body of a packet, with zeros where bytes are missing. */
function bodyChunks(packet) {
    const chunks = [];
    let end = 0;
    for (const part of packet.parts) {
        const bytes = bytesOf(part.body);
        if (part.offset > end)
            chunks.push(new Uint8Array(part.offset - end));
        chunks.push(bytes);
        end = part.offset + bytes.length;
    }
    return chunks;
}

/* ---- what is said ---- */

/* undefined: it is of no interest to who reads the conversation. */
function voiceOf(packet) {
    if (packet.kind === 'command')
        return 'asked';
    if (LOSSES.includes(packet.kind) || packet.kind === 'encrypted' || packet.kind === 'record')
        return 'fault';
    if (packet.kind !== 'data')
        return undefined;
    if (packet.side === 0)
        return 'uploaded';
    if (packet.name.endsWith('_LOG'))
        return 'logged';
    return packet.name === 'OUTPUT' || packet.name === 'text' ? 'answered' : undefined;
}

/* Packets that follow each other and are of one voice. */
function speeches(session) {
    const all = [];
    for (const packet of session.packets) {
        const voice = voiceOf(packet);
        const last = all[all.length - 1];
        if (voice === undefined || (voice === 'answered' && shownBytes(packet) === 0))
            continue;
        if (last !== undefined && last.voice === voice && voice !== 'asked')
            last.packets.push(packet);
        else
            all.push({ voice, packets: [packet] });
    }
    return all;
}

const VOICES = { asked: 'The client asked', uploaded: 'The client sent', answered: 'The server answered',
                 logged: 'The server logged', fault: 'Not to be seen' };

function joined(chunks) {
    const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
    }
    return all;
}

/* What packets say, up to a hole each: arrays of chunks, with the number of missing bytes between them. */
function runsOf(packets) {
    const runs = [[]];
    for (const packet of packets) {
        let end = 0;
        for (const part of packet.parts) {
            const bytes = bytesOf(part.body);
            if (part.offset > end)
                runs.push(part.offset - end, []);
            runs[runs.length - 1].push(bytes);
            end = part.offset + bytes.length;
        }
    }
    return runs;
}

function saidRuns(packets, room) {
    return runsOf(packets).map(run => {
        if (typeof run === 'number')
            return element('p', 'hole', `${sizeText(run)} are missing here`);
        const bytes = joined(run).subarray(0, room);
        room -= bytes.length;
        return isText(bytes) ? bodyText(bytes) : element('pre', 'body hex', hexLines(bytes, 0));
    });
}

function speech(session, { voice, packets }, room) {
    const made = element('section', `speech ${voice}`);
    const head = element('h3', '', VOICES[voice]);
    made.append(head);
    if (voice === 'asked') {
        made.append(element('p', 'command', preview(packets[0])));
        return made;
    }
    if (voice === 'fault') {
        for (const packet of packets)
            made.append(element('p', 'hole', [sizeText(packet.size), packet.name, packet.note, packet.fault]
                .filter(text => text !== '').join(', ')));
        return made;
    }
    const size = packets.reduce((sum, packet) => sum + shownBytes(packet), 0);
    head.append(element('span', 'size', ` ${sizeText(size)}`));
    head.append(button('Save', undefined, () =>
        saveBytes(`session-${session.number}-${voice}-${packets[0].number}`, packets.flatMap(bodyChunks))));
    made.append(...saidRuns(packets, room));
    if (size > room)
        made.append(element('p', 'hole', `${sizeText(size - room)} more are not shown; all are saved.`));
    if (packets.some(packet => shownBytes(packet) < Number(packet.came)))
        made.append(element('p', 'hole', 'The page does not have all of it: --extract does.'));
    return made;
}

function conversation(session) {
    const made = element('section', 'conversation');
    let room = CONVERSATION_BYTES;
    for (const one of speeches(session)) {
        made.append(speech(session, one, room));
        room = Math.max(room - one.packets.reduce((sum, packet) => sum + shownBytes(packet), 0), 0);
    }
    if (made.firstChild === null)
        made.append(element('p', 'faint', 'Nothing that was said can be read: there is no key.'));
    return made;
}
