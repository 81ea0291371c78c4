/* SPDX-License-Identifier: ISC */
/* Runs a WebAssembly program with WASI under node, with this process's arguments and environment and all files below
 * the folder SIDEWIRE_SOURCE_ROOT: node run-wasi.mjs PROGRAM [ARGUMENT...] */
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [program, ...rest] = process.argv.slice(2);
const root = process.env.SIDEWIRE_SOURCE_ROOT ?? '.';
const wasi = new WASI({ version: 'preview1', args: [program, ...rest], env: process.env,
                        preopens: { [root]: root, '/tmp': '/tmp' } });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });

process.exitCode = wasi.start(instance) ?? 0;
