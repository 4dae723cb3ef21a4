// Holds JSON lines against compiled AJV 6 validators, read in large chunks: `node events.js SCHEMAS.json EVENTS.jsonl`.
'use strict';

const fs = require('fs');
const { StringDecoder } = require('string_decoder');
const Ajv = require('ajv');

const [schemasPath, eventsPath] = process.argv.slice(2);
const ajv = new Ajv({ schemaId: 'auto', unknownFormats: 'ignore' });
const validators = {};
for (const [uri, schema] of Object.entries(JSON.parse(fs.readFileSync(schemasPath, 'utf8')))) {
    const { $schema, $id, ...rest } = schema;
    validators[uri] = ajv.compile(rest);
}

const decoder = new StringDecoder('utf8');
const chunk = Buffer.alloc(1 << 20);
const file = fs.openSync(eventsPath, 'r');
let rest = '';
let valid = 0;
let refused = 0;
for (let size; (size = fs.readSync(file, chunk, 0, chunk.length, null)) > 0;) {
    const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
    rest = lines.pop();
    for (const line of lines) {
        const event = JSON.parse(line);
        if (validators[event.$schema](event)) valid += 1; else refused += 1;
    }
}
process.stdout.write(`${valid} valid, ${refused} refused\n`);
