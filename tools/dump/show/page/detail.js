/* SPDX-License-Identifier: ISC */
/* A packet opened: all that is known of it, and its body as text and hex. */

const ESCAPES_MARKED = 2000;    /* at most */

function factList(facts) {
    const list = element('dl', 'facts');
    for (const [name, value] of facts)
        if (value !== undefined && value !== '')
            list.append(element('div', '', element('dt', '', name), element('dd', '', value)));
    return list;
}

function bodyText(bytes) {
    const text = element('pre', 'body');
    const parts = visibleParts(bytes, true);
    if (parts.length > 2 * ESCAPES_MARKED) {
        text.append(parts.join(''));
        return text;
    }
    parts.forEach((part, i) => {
        if (part !== '')
            text.append(i % 2 === 0 ? part : element('span', 'escape', part));
    });
    return text;
}

function wordsText(packet) {
    const list = element('ol', 'words');
    list.start = 0;
    for (const word of packet.words)
        list.append(element('li', '', bodyText(bytesOf(word))));
    return list;
}

/* Between the parts of a body there are holes. */
function eachPart(packet, show) {
    const made = [];
    let end = 0;
    for (const part of packet.parts) {
        const bytes = bytesOf(part.body);
        if (part.offset > end)
            made.push(element('p', 'hole', `${sizeText(part.offset - end)} are missing here`));
        made.push(show(bytes, part.offset));
        end = part.offset + bytes.length;
    }
    return made;
}

function asText(packet) {
    if (packet.words !== undefined)
        return [wordsText(packet)];
    return eachPart(packet, bodyText);
}

function asHex(packet) {
    return eachPart(packet, (bytes, offset) => element('pre', 'body hex', hexLines(bytes, offset)));
}

/* Is it to be read rather than looked at in hex? */
function isText(bytes) {
    return visibleParts(bytes, true).length <= 1 + bytes.length / 5;
}

function shownBytes(packet) {
    return packet.parts.reduce((sum, part) => sum + bytesOf(part.body).length, 0);
}

function bodyView(packet) {
    const view = element('div', 'view');
    const content = element('div', 'content');
    const forms = [['Text', asText], ['Hex', asHex]];
    const buttons = forms.map(([name], i) => button(name, false, () => show(i)));
    const shown = shownBytes(packet);

    function show(chosen) {
        buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(i === chosen)));
        content.replaceChildren(...forms[chosen][1](packet));
    }

    content.tabIndex = 0;
    content.setAttribute('role', 'region');
    content.setAttribute('aria-label', 'Body');
    show(packet.words !== undefined || isText(bytesOf(packet.parts[0].body)) ? 0 : 1);
    const save = button('Save', undefined, () =>
        saveBytes(`session-${packet.session}-packet-${packet.number}`, bodyChunks(packet)));
    view.append(element('div', 'forms', ...buttons, save), content);
    if (shown < Number(packet.came))
        view.append(element('p', 'hole', `The page has ${plural(shown, 'byte')} of ` +
                            `${sizeText(packet.came)} that came.`));
    return view;
}

function packetDetail(packet) {
    const session = capture.byNumber.get(packet.session);
    const detail = element('div', 'detail', factList([
        ['Packet', `${packet.number}`],
        ['Time', `${packet.time.toFixed(9)} s`],
        ['UTC', calendarText(nanosecondsOf(session, packet), true, 9).join(' ')],
        ['Frame', packet.frame === 0 ? '' : `${packet.frame}`],
        ['From', packet.side === 0 ? 'client' : 'server'],
        ['Size', sizeText(packet.size)],
        ['Note', packet.note],
        ['Fault', packet.fault]
    ]));
    if (shownBytes(packet) > 0)
        detail.append(bodyView(packet));
    return detail;
}
