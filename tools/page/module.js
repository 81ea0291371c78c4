/* SPDX-License-Identifier: ISC */
/* The decoder, a WebAssembly module with the few of WASI's functions that it needs (decode.c). */

const STATUS_BAD_DESCRIPTOR = 8;
const STATUS_NOT_THERE = 52;

/* The module in the page, compressed and in base64. */
async function loadModule() {
    const packed = bytesOf(document.getElementById('module').textContent.replaceAll('\n', ''));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

/* Bytes that come in pieces, as lines of text. */
class Lines {
    constructor(each) {
        this.each = each;
        this.decoder = new TextDecoder();
        this.begun = '';
    }

    add(bytes) {
        const lines = (this.begun + this.decoder.decode(bytes, { stream: true })).split('\n');
        this.begun = lines.pop();
        lines.forEach(this.each);
    }
}

class Decoder {
    /* onRecord, onMessage: take a line each. */
    constructor(module, onRecord, onMessage) {
        const imports = { fd_write: (...words) => this.write(...words),
                          fd_prestat_get: () => STATUS_BAD_DESCRIPTOR, /* there are no folders */
                          environ_sizes_get: (count, size) => this.putWords([[count, 0], [size, 0]]),
                          environ_get: () => 0,
                          random_get: (at, size) => this.random(at, size),
                          proc_exit: () => { throw new Error('the decoder gave up'); } };
        for (const { name } of WebAssembly.Module.imports(module))
            imports[name] ??= () => STATUS_NOT_THERE;
        this.outputs = { 1: new Lines(onRecord), 2: new Lines(onMessage) };
        this.calls = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports }).exports;
        this.calls._initialize();
        this.calls.start();
    }

    bytes(at, size) {
        return new Uint8Array(this.calls.memory.buffer, at, size);
    }

    putWords(words) {
        const view = new DataView(this.calls.memory.buffer);
        for (const [at, word] of words)
            view.setUint32(at, word, true);
        return 0;
    }

    write(descriptor, at, count, written) {
        const view = new DataView(this.calls.memory.buffer);
        let sum = 0;
        if (this.outputs[descriptor] === undefined)
            return STATUS_BAD_DESCRIPTOR;
        for (let i = 0; i < count; i++) {
            const size = view.getUint32(at + 8 * i + 4, true);
            this.outputs[descriptor].add(this.bytes(view.getUint32(at + 8 * i, true), size));
            sum += size;
        }
        return this.putWords([[written, sum]]);
    }

    random(at, size) {
        crypto.getRandomValues(this.bytes(at, size));
        return 0;
    }

    /* Puts pieces behind each other where the module looks for them; returns their sizes. */
    give(...pieces) {
        const sizes = pieces.map(piece => piece.length);
        let at = this.calls.room(sizes.reduce((a, b) => a + b, 0));
        for (const piece of pieces) {
            this.bytes(at, piece.length).set(piece);
            at += piece.length;
        }
        return sizes;
    }

    /* false: there are none in it. */
    keys(name, text) {
        return this.calls.keys(...this.give(new TextEncoder().encode(name), text)) !== 0;
    }

    begin(name) {
        this.calls.begin(...this.give(new TextEncoder().encode(name)));
    }

    /* false: it wants no more. */
    feed(piece) {
        return this.calls.feed(...this.give(piece)) !== 0;
    }

    finish() {
        this.calls.finish();
    }
}
