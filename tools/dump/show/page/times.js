/* SPDX-License-Identifier: ISC */
/* Times in the ways that people read them. */

/* As on the command line; how it is called in a choice, and above a column. */
const TIME_FORMATS = [['relative', 'since the start', 'time'], ['delta', 'since the packet before', 'delta'],
                      ['utc', 'UTC', 'UTC'], ['absolute', 'local time', 'local'],
                      ['epoch', 'since 1970', 'epoch']];
const BILLION = 1000000000n;

/* format: that of all packets. */
const times = { format: 'relative' };

/* Seconds, for a column: hours where seconds would not fit. */
function timeText(seconds) {
    if (Math.abs(seconds) < 1e4)
        return seconds.toFixed(6);
    const milliseconds = Math.round(Math.abs(seconds) * 1e3);
    const two = n => String(n).padStart(2, '0');
    const minutes = Math.floor(milliseconds / 6e4);
    return `${seconds < 0 ? '-' : ''}${Math.floor(minutes / 60)}:${two(minutes % 60)}:` +
        `${two(Math.floor(milliseconds / 1e3) % 60)}.${String(milliseconds % 1e3).padStart(3, '0')}`;
}

/* A short form with the unit that suits it. */
function durationText(seconds) {
    const microseconds = Math.round(seconds * 1e6);
    const size = Math.abs(microseconds);
    if (size < 1e3)
        return `${microseconds} \u00b5s`;
    if (size < 1e6)
        return `${(microseconds / 1e3).toFixed(1)} ms`;
    if (size < 1e10)
        return `${(microseconds / 1e6).toFixed(size < 1e8 ? 2 : 0)} s`;
    const minutes = Math.round(size / 6e7);
    return `${microseconds < 0 ? '-' : ''}${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/* Of a packet of a session, in nanoseconds since 1970. */
function nanosecondsOf(session, packet) {
    return BigInt(session.nanoseconds) + BigInt(Math.round(packet.time * 1e9));
}

/* Day and time of day, to so many decimals. */
function calendarText(nanoseconds, isUtc, decimals) {
    const rest = (nanoseconds % BILLION + BILLION) % BILLION;
    const date = new Date(Number((nanoseconds - rest) / 1000000n));
    const shift = isUtc ? 0 : date.getTimezoneOffset() * 6e4;
    const [day, time] = new Date(date.getTime() - shift).toISOString().slice(0, 19).split('T');
    return [day, `${time}.${String(rest).padStart(9, '0').slice(0, decimals)}`];
}

/* What stands for it in the column. before: the packet before, or undefined. */
function packetTimeText(session, packet, before) {
    switch (times.format) {
    case 'delta':
        return timeText(before === undefined ? 0 : packet.time - before.time);
    case 'utc':
    case 'absolute':
        return calendarText(nanosecondsOf(session, packet), times.format === 'utc', 6)[1];
    case 'epoch': {
        const all = nanosecondsOf(session, packet);
        return `${all / BILLION}.${String(all % BILLION).padStart(9, '0').slice(0, 6)}`;
    }
    default:
        return timeText(packet.time);
    }
}

/* Does that need a wider column? */
function timesAreLong() {
    return !['relative', 'delta'].includes(times.format);
}

/* changed(): when another one was chosen. */
function timeChoice(changed) {
    const select = document.createElement('select');
    for (const [format, name] of TIME_FORMATS) {
        const option = element('option', '', name);
        option.value = format;
        option.selected = format === times.format;
        select.append(option);
    }
    select.addEventListener('change', () => {
        times.format = select.value;
        changed();
    });
    return element('label', 'times', 'Times ', select);
}
