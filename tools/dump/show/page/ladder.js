/* SPDX-License-Identifier: ISC */
/* A session as a ladder: the client's line, the server's line, and an arrow for each packet. */

const ROW_HEIGHT = 44;          /* as in the style */
const PAGE_PACKETS = 10000;     /* browsers limit how high a page can be */
const PAUSE = 1;                /* seconds from which on one is shown */

/* ---- rows ---- */

function sideText(side) {
    return side === 0 ? 'client to server' : 'server to client';
}

function packetLabel(packet) {
    const remark = [packet.note, packet.fault].filter(text => text !== '').join(', ');
    const label = element('span', 'label',
        element('b', 'name', packet.name),
        element('span', 'hidden', ` ${sideText(packet.side)} `));
    if (Number(packet.size) > 0)
        label.append(element('span', 'size', sizeText(packet.size)));
    if (remark !== '')
        label.append(element('span', 'remark', remark));
    label.append(element('span', 'preview', preview(packet)));
    return label;
}

function timeCell(session, packet, before) {
    const cell = element('span', 'time', packetTimeText(session, packet, before));
    const since = before === undefined ? 0 : packet.time - before.time;
    if (since !== 0 && times.format !== 'delta')
        cell.append(element('span', 'since', (since > 0 ? '+' : '') + durationText(since)));
    return cell;
}

function packetRow(session, packet, before) {
    const row = element('details', `packet ${packet.side === 0 ? 'up' : 'down'}`);
    const wire = element('span', 'wire', packetLabel(packet));
    row.classList.add(...packetClasses(packet));
    row.id = `packet-${packet.number}`;
    row.append(element('summary', '', timeCell(session, packet, before), wire));
    if (before !== undefined && packet.time - before.time >= PAUSE)
        row.classList.add('paused');
    row.addEventListener('toggle', () => addDetail(row, packet));
    row.firstChild.tabIndex = -1;
    return row;
}

/* The first time that it is opened. */
function addDetail(row, packet) {
    if (row.open && row.lastChild.className !== 'detail')
        row.append(packetDetail(packet));
}

/* ---- ladder ---- */

class Ladder {
    constructor(session) {
        this.session = session;
        this.shown = session.packets;
        this.search = new Search();
        this.page = 0;
        this.current = 0;       /* row of this page that the keyboard is at */
        this.count = element('span', 'count');
        this.pages = element('div', 'pages');
        this.rows = element('div', 'rows');
        this.rows.addEventListener('keydown', event => this.key(event));
        this.rows.addEventListener('focusin', event => this.focused(event));
        this.element = element('section', 'ladder', this.tools(), this.ends(), this.rows,
                               this.pages);
        this.draw();
    }

    tools() {
        const filter = element('input', 'filter');
        filter.type = 'search';
        filter.placeholder = 'Search packets';
        filter.setAttribute('aria-label', 'Show only packets of a band, or with this text in their bodies');
        filter.addEventListener('input', () => this.filter(filter.value.toLowerCase()));
        this.input = filter;
        return element('div', 'tools', filter, this.count, timeChoice(() => this.draw()));
    }

    ends() {
        const { client, server } = this.session;
        this.heading = element('span', 'time');
        return element('div', 'ends', this.heading,
            element('span', 'wire',
                element('span', 'end up', element('b', '', 'Client'), ` ${client}`),
                element('span', 'end down', element('b', '', 'Server'), ` ${server}`)));
    }

    filter(words) {
        this.count.textContent = 'searching\u2026';
        this.search.start(this.matching(words), shown => {
            this.shown = shown;
            this.page = 0;
            this.draw();
        });
    }

    * matching(words) {
        const shown = [];
        if (words === '')
            return this.session.packets;
        for (const { packet, has } of findWords(this.session, words)) {
            const label = `${packet.name} ${preview(packet)} ${packet.note} ${packet.fault}`;
            if (has || label.toLowerCase().includes(words))
                shown.push(packet);
            yield;
        }
        return shown;
    }

    draw() {
        const start = this.page * PAGE_PACKETS;
        const packets = this.shown.slice(start, start + PAGE_PACKETS);
        const all = this.session.packets.length;
        if (this.list !== undefined)
            this.list.end();
        this.packets = packets;
        this.current = 0;
        this.element.classList.toggle('long-times', timesAreLong());
        this.heading.textContent = TIME_FORMATS.find(([format]) => format === times.format)[2];
        this.list = new LongList(this.rows, packets.length, ROW_HEIGHT, i =>
            packetRow(this.session, packets[i], i > 0 ? packets[i - 1] : this.shown[start - 1]));
        this.count.textContent = this.shown.length === all ? plural(all, 'packet')
            : `${this.shown.length.toLocaleString('en')} of ${plural(all, 'packet')}`;
        if (packets.length > 0)
            this.summary(0).tabIndex = 0;
        this.drawPages();
    }

    drawPages() {
        const last = Math.ceil(this.shown.length / PAGE_PACKETS) - 1;
        const turn = to => () => {
            this.page = to;
            this.draw();
            this.element.scrollIntoView();
        };
        this.pages.replaceChildren();
        for (let page = 0; last > 0 && page <= last; page++) {
            const start = page * PAGE_PACKETS;
            const text = `${this.shown[start].number}\u2013` +
                `${this.shown[Math.min(start + PAGE_PACKETS, this.shown.length) - 1].number}`;
            this.pages.append(button(text, page === this.page, turn(page)));
        }
    }

    summary(i) {
        return this.list.row(i).firstChild;
    }

    /* Only one row is reached by Tab; arrows go on from there. */
    focused(event) {
        const row = event.target.closest('details');
        const i = row === null ? -1 : this.packets.findIndex(p => row.id === `packet-${p.number}`);
        if (i < 0)
            return;
        this.summary(this.current).tabIndex = -1;
        this.current = i;
        this.summary(i).tabIndex = 0;
    }

    key(event) {
        const row = event.target.closest('details');
        const next = nextIndex(event.key, this.current, this.packets.length);
        if (event.key === 'Escape' && row !== null) {
            row.open = false;
            row.firstChild.focus();
        } else if (next !== undefined && event.target.localName === 'summary') {
            this.summary(next).focus();
            event.preventDefault();
        }
    }

    /* Shows a packet of the session, opened. */
    reveal(number) {
        let i = this.shown.findIndex(packet => packet.number === number);
        if (i < 0 && this.session.packets[number - 1] !== undefined) {
            this.input.value = '';
            this.filter('');
            i = number - 1;
        }
        if (i < 0)
            return;
        if (Math.floor(i / PAGE_PACKETS) !== this.page) {
            this.page = Math.floor(i / PAGE_PACKETS);
            this.draw();
        }
        const row = this.list.row(i - this.page * PAGE_PACKETS);
        row.open = true;
        addDetail(row, this.shown[i]);
        row.scrollIntoView({ block: 'center' });
        row.firstChild.focus({ preventScroll: true });
    }
}
