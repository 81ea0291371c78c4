/* SPDX-License-Identifier: ISC */
/* Files that people drop on the page or choose: one capture, and keys. With each of them all is decoded anew. */

const KEYS_MAX = 64 << 20;      /* bytes of a file of keys */
const PIECE_MAX = 1 << 20;      /* bytes that are decoded before the page may do something else */

const given = { capture: undefined, keys: new Map(), module: undefined, turn: 0 };

const COMPRESSED = [[[0x1f, 0x8b], 'gzip']];
const CAPTURES = [[0x0a, 0x0d, 0x0d, 0x0a], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4],
                  [0x4d, 0x3c, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], [0x34, 0xcd, 0xb2, 0xa1],
                  [0xa1, 0xb2, 0xcd, 0x34]];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

function begins(bytes, mark) {
    return mark.every((byte, i) => bytes[i] === byte);
}

async function firstBytes(file) {
    return new Uint8Array(await file.slice(0, 4).arrayBuffer());
}

/* What is in a file, unpacked. */
async function contents(file) {
    const first = await firstBytes(file);
    const packed = COMPRESSED.find(([mark]) => begins(first, mark));
    return packed === undefined ? file.stream() : file.stream().pipeThrough(new DecompressionStream(packed[1]));
}

async function isCapture(file) {
    const reader = (await contents(file)).getReader();
    const bytes = [];
    while (bytes.length < 4) {
        const { done, value } = await reader.read();
        if (done)
            break;
        bytes.push(...value.slice(0, 4));
    }
    reader.cancel();
    return CAPTURES.some(mark => begins(bytes, mark));
}

/* ---- what is said ---- */

function show(messages) {
    const list = document.getElementById('messages');
    list.replaceChildren(...messages.map(text => element('li', '', text)));
    list.hidden = messages.length === 0;
}

function showFiles() {
    const names = [...given.keys.keys()].map(name => `keys: ${name}`);
    if (given.capture !== undefined)
        names.unshift(`capture: ${given.capture.name}`);
    document.getElementById('files').replaceChildren(...names.map(name => element('li', '', name)));
}

/* ---- decoding ---- */

async function feedAll(decoder, file, turn) {
    const reader = (await contents(file)).getReader();
    for (;;) {
        const { done, value } = await reader.read();
        if (done || turn !== given.turn)
            return;
        for (let at = 0; at < value.length; at += PIECE_MAX) {
            if (!decoder.feed(value.subarray(at, at + PIECE_MAX))) {
                reader.cancel();
                return;
            }
        }
    }
}

/* The capture with all keys there are, as records; nothing of an older turn. say takes messages. */
async function decodeCapture(turn, say) {
    given.module ??= loadModule();
    const module = await given.module;
    if (turn !== given.turn)
        return;
    forgetRecords();
    const decoder = new Decoder(module, readLine, say);
    for (const [name, text] of given.keys)
        if (!decoder.keys(name, text))
            given.keys.delete(name);
    if (given.capture === undefined)
        return;
    decoder.begin(given.capture.name);
    try {
        await feedAll(decoder, given.capture, turn);
    } catch (error) {
        say(`${given.capture.name}: ${error.message}`); /* what came before it is shown */
    }
    if (turn === given.turn)
        decoder.finish();
}

async function sort(file, say) {
    if (begins(await firstBytes(file), ZSTD))
        say(`${file.name}: compressed by zstd, which browsers do not read: unzstd it before`);
    else if (await isCapture(file))
        given.capture = file;
    else if (file.size > KEYS_MAX)
        say(`${file.name}: neither a capture nor a file of keys`);
    else
        given.keys.set(file.name, new Uint8Array(await new Response(await contents(file)).arrayBuffer()));
}

async function take(files) {
    const turn = ++given.turn;
    const messages = [];
    const say = text => messages.push(text);
    document.body.setAttribute('aria-busy', 'true');
    for (const file of files)
        await sort(file, say).catch(error => say(`${file.name}: ${error.message}`));
    await decodeCapture(turn, say).catch(error => say(error.message));
    if (turn !== given.turn)
        return;
    if (given.capture !== undefined) {
        document.body.classList.add('decoded');
        showCapture();
    }
    showFiles();
    show(messages);
    document.body.setAttribute('aria-busy', 'false');
}

/* ---- the page ---- */

function startDrop() {
    const chosen = document.getElementById('choose');
    listen();
    chosen.addEventListener('change', () => {
        take([...chosen.files]);
        chosen.value = '';      /* so that the same file may be chosen again */
    });
    document.getElementById('open').addEventListener('click', () => chosen.click());
    document.addEventListener('dragover', event => {
        event.preventDefault();
        document.body.classList.add('dragged');
    });
    document.addEventListener('dragleave', () => document.body.classList.remove('dragged'));
    document.addEventListener('drop', event => {
        event.preventDefault();
        document.body.classList.remove('dragged');
        take([...event.dataTransfer.files]);
    });
}

document.addEventListener('DOMContentLoaded', startDrop);
