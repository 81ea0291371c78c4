/* SPDX-License-Identifier: ISC */
/* The list of sessions, the one that is shown, and the address #session=N&packet=M of both. */

const SESSION_HEIGHT = 84;      /* as in the style */

/* rows: places in capture.sessions of those in the list. */
const shown = { index: -1, ladder: undefined, forms: undefined, list: undefined, rows: [],
                search: new Search() };

function setAddress(session, packet) {
    const address = `#session=${session}` + (packet === undefined ? '' : `&packet=${packet}`);
    history.replaceState(null, '', address);
}

function badge(session) {
    return element('span', `badge ${outcomeClass(session)}`, outcomeText(session));
}

function userText(session) {
    return session.user === undefined ? 'unknown user' : session.user;
}

/* ---- the one that is shown ---- */

function modeText(features) {
    if (features.includes('noise'))
        return 'sealed';
    return features === '' ? 'legacy' : 'sideband';
}

function sessionFacts(session) {
    const end = session.end;
    const answered = session.answered;
    return factList([
        ['Started', session.start],
        ['Client', session.client],
        ['Server', session.server],
        ['Mode', session.features === undefined ? undefined :
            modeText(session.features)],
        ['Features', session.features === undefined ? undefined :
            session.features.replaceAll(',', ', ')],
        ['Cipher', session.cipher],
        ['Key', end === undefined ? undefined : end.key],
        ['User key', session.userKey],
        ['Handshake', answered === undefined ? undefined : durationText(answered)],
        ['Duration', end === undefined ? undefined : durationText(end.time)],
        ['Client sent', sizeText(session.bytes[0])],
        ['Server sent', sizeText(session.bytes[1])]
    ]);
}

function showSession(index) {
    const session = capture.sessions[index];
    const main = document.getElementById('session');
    if (session === undefined || index === shown.index)
        return;
    mark(shown.index, false);
    shown.index = index;
    mark(index, true);
    shown.ladder = new Ladder(session);
    shown.forms = forms(session);
    main.replaceChildren(
        element('h2', '', `Session ${session.number}`, element('span', 'user', userText(session)),
                element('span', 'command', session.command), badge(session)),
        sessionFacts(session),
        overview(session, packet => {
            shown.forms.choose(0);
            shown.ladder.reveal(packet.number);
            setAddress(session.number, packet.number);
        }),
        shown.forms.buttons, shown.forms.content);
    main.addEventListener('toggle', event => {
        if (event.target.open && event.target.id.startsWith('packet-'))
            setAddress(session.number, event.target.id.slice('packet-'.length));
    }, { capture: true, signal: freshSignal() });
}

/* The two ways to look at a session, and what switches between them. */
function forms(session) {
    const content = element('div', 'form');
    const made = [['Packets', () => shown.ladder.element], ['Conversation', () => conversation(session)]];
    const buttons = made.map(([name], i) => button(name, false, () => choose(i)));

    function choose(chosen) {
        buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(i === chosen)));
        content.replaceChildren(made[chosen][1]());
    }

    choose(0);
    return { buttons: element('div', 'forms', ...buttons), content, choose };
}

/* Ends what listened for the session before. */
function freshSignal() {
    if (shown.abort !== undefined)
        shown.abort.abort();
    shown.abort = new AbortController();
    return shown.abort.signal;
}

/* ---- the list ---- */

function mark(index, isShown) {
    const place = shown.rows.indexOf(index);
    if (place < 0)
        return;
    const row = shown.list.row(place);
    row.setAttribute('aria-current', String(isShown));
    row.tabIndex = isShown ? 0 : -1;
    if (isShown)
        scrollList(document.getElementById('sessions'), row);
}

/* Scrolls a list so that a row is seen, but not the page. */
function scrollList(list, row) {
    const window = list.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    if (place.top < window.top)
        list.scrollTop -= window.top - place.top;
    else if (place.bottom > window.bottom)
        list.scrollTop += place.bottom - window.bottom;
}

function packetsText(session) {
    const here = session.packets.length;
    return session.all === undefined ? plural(here, 'packet')
        : `${here.toLocaleString('en')} of ${plural(session.all, 'packet')}`;
}

function sessionRow(index) {
    const session = capture.sessions[index];
    const duration = session.end === undefined ? '' : durationText(session.end.time);
    const row = element('button', 'session',
        element('span', 'line', element('b', '', `${session.number}`),
                element('span', 'user', userText(session)),
                element('span', 'command', session.command),
                element('span', 'faint', packetsText(session))),
        element('span', 'line faint', `${session.client} \u2192 ${session.server}`),
        element('span', 'line', badge(session), element('span', 'faint', duration)));
    row.type = 'button';
    row.tabIndex = -1;
    row.title = outcomeText(session);
    row.addEventListener('click', () => {
        showSession(index);
        setAddress(session.number);
    });
    return row;
}

function listKey(event) {
    const place = Math.max(shown.rows.indexOf(shown.index), 0);
    const next = nextIndex(event.key, place, shown.rows.length);
    if (next === undefined)
        return;
    event.preventDefault();
    showSession(shown.rows[next]);
    setAddress(capture.sessions[shown.rows[next]].number);
    shown.list.row(next).focus();
}

function sessionWords(session) {
    return [session.number, userText(session), session.command, session.client, session.server,
            outcomeText(session)].join(' ').toLowerCase();
}

/* Places of the sessions that have the words, in what is told of them or in a body. */
function* matchingSessions(words) {
    const rows = [];
    for (const [i, session] of capture.sessions.entries())
        if (words === '' || sessionWords(session).includes(words) || (yield* saysWords(session, words)))
            rows.push(i);
    return rows;
}

function fillList(words) {
    const count = document.getElementById('session-count');
    count.textContent = words === '' ? '' : 'searching\u2026';
    shown.search.start(matchingSessions(words), rows => {
        drawList(rows);
        count.textContent = words === '' ? ''
            : `${rows.length.toLocaleString('en')} of ${plural(capture.sessions.length, 'session')}`;
    });
}

function drawList(rows) {
    const list = document.getElementById('sessions');
    if (shown.list !== undefined)
        shown.list.end();
    shown.rows = rows;
    shown.list = new LongList(list, rows.length, SESSION_HEIGHT, i => sessionRow(rows[i]));
    if (rows.length > 0 && !rows.includes(shown.index))
        shown.list.row(0).tabIndex = 0; /* so that the keyboard finds the list */
    mark(shown.index, true);
}

function showList() {
    const filter = document.getElementById('session-filter');
    document.getElementById('session-tools').hidden = capture.sessions.length < 2;
    filter.value = ''; /* some browsers remember */
    fillList('');
}

/* ---- start ---- */

function followAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const session = Number(wanted.get('session'));
    const index = capture.sessions.findIndex(s => s.number === session);
    showSession(Math.max(index, 0));
    if (index >= 0 && wanted.has('packet')) {
        shown.forms.choose(0);
        shown.ladder.reveal(Number(wanted.get('packet')));
    }
}

function totalsText() {
    const texts = [plural(capture.sessions.length, 'session'), plural(capture.packets, 'packet')];
    if (capture.leftOut > 0)
        texts.push(`${plural(capture.leftOut, 'packet')} more are not in the page; sums count them`);
    if (capture.shortened > 0)
        texts.push(`${plural(capture.shortened, 'body', 'bodies')} shortened, most to ` +
                   sizeText(capture.bodyMax));
    if (!capture.complete)
        texts.push('the page is not complete');
    return texts.join(', ');
}

/* All that is known of the capture. */
function showCapture() {
    document.title = `sidewire-dump: ${capture.name}`;
    document.getElementById('capture').textContent = capture.name;
    document.getElementById('totals').textContent = totalsText();
    document.getElementById('session').replaceChildren();
    shown.index = -1;
    showList();
    followAddress();
}

/* Once a page: what people do. */
function listen() {
    const filter = document.getElementById('session-filter');
    document.getElementById('sessions').addEventListener('keydown', listKey);
    filter.addEventListener('input', () => fillList(filter.value.toLowerCase()));
    window.addEventListener('hashchange', followAddress);
    window.addEventListener('beforeprint', () => shown.ladder !== undefined && shown.ladder.list.fillAll());
}
