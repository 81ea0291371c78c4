/* SPDX-License-Identifier: ISC */
/* When a session was busy: bytes over time, the client's upward, the server's downward. */

const OVERVIEW_BARS = 160;
const OVERVIEW_HEIGHT = 56;

function sumBars(session, duration) {
    const bars = Array.from({ length: OVERVIEW_BARS }, () => [0, 0]);
    for (const packet of session.packets) {
        const place = Math.floor(packet.time / duration * OVERVIEW_BARS);
        const bar = bars[Math.min(Math.max(place, 0), OVERVIEW_BARS - 1)];
        bar[packet.side] += Number(packet.size) + 1;
    }
    return bars;
}

/* Heights are logarithms: single bytes and megabytes are both to be seen. */
function drawBars(bars) {
    const middle = OVERVIEW_HEIGHT / 2;
    const most = Math.max(...bars.flat(), 2);
    const svg = drawing('svg', { viewBox: `0 0 ${OVERVIEW_BARS} ${OVERVIEW_HEIGHT}`,
                                 preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    svg.append(drawing('rect', { class: 'axis', x: 0, y: middle - 0.5, width: OVERVIEW_BARS,
                                 height: 1 }));
    bars.forEach((bar, i) => bar.forEach((bytes, side) => {
        if (bytes === 0)
            return;
        const height = Math.max(2, Math.log(1 + bytes) / Math.log(1 + most) * (middle - 2));
        svg.append(drawing('rect', { class: side === 0 ? 'up' : 'down', x: i + 0.1, width: 0.8,
                                     y: side === 0 ? middle - height : middle, height }));
    }));
    return svg;
}

/* jump(packet): called where the overview is clicked. */
function overview(session, jump) {
    const times = session.packets.map(packet => packet.time);
    const duration = times.reduce((a, b) => Math.max(a, b),
                                  session.end === undefined ? 0 : session.end.time);
    if (duration <= 0)
        return '';
    const svg = drawBars(sumBars(session, duration));
    const made = element('figure', 'overview', svg,
        element('figcaption', '', element('span', '', '0 s'),
            element('span', '', 'bytes over time, logarithmic'),
            element('span', '', durationText(duration))));
    svg.addEventListener('click', event => {
        const box = svg.getBoundingClientRect();
        const time = (event.clientX - box.left) / box.width * duration;
        const at = times.findIndex(t => t >= time);
        jump(session.packets[at < 0 ? times.length - 1 : at]);
    });
    return made;
}
