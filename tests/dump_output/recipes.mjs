/* SPDX-License-Identifier: ISC */
// Runs the queries of a document by DuckDB: recipes.mjs DOCUMENT, in the folder with their files.
// Each ```sql block has to give what the ```json block behind it says. Needs @duckdb/node-api.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.RECIPES_MODULES, 'package.json'));
const { DuckDBInstance } = require('@duckdb/node-api');

const text = readFileSync(process.argv[2], 'utf8');
const recipes = [...text.matchAll(/```sql\n([^]*?)```\s+```json\n([^]*?)```/g)];
const connection = await (await DuckDBInstance.create(':memory:')).connect();
let failed = recipes.length === 0;

for (const [, query, expected] of recipes) {
    const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
    const seen = JSON.stringify(rows);

    if (seen !== expected.trim()) {
        console.error(`${query}gives ${seen}, not ${expected.trim()}`);
        failed = true;
    }
}
console.log(`${recipes.length} queries`);
process.exit(failed ? 1 : 0);
