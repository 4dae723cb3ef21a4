// Answers questions about the Node.js tool, one JSON request a line, one JSON answer a line.
'use strict';

const readline = require('readline');
const vm = require('vm');
const Ajv = require('ajv');
const yaml = require('js-yaml');
const mergeAllOf = require('json-schema-merge-allof');
const faker = require('json-schema-faker');
const tools = require('@wikimedia/jsonschema-tools');

const defaults = tools.readConfig({ configPaths: [], currentName: 'current.yaml', contentTypes: ['yaml', 'json'] }, true);
defaults.log.level = 'silent';

// Plain data that JSON can carry without loss: -0, NaN, big numbers and dates keep what they are.
function encode(value, parents = []) {
    if (value === undefined) return ['undefined'];
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return ['number', Object.is(value, -0) ? '-0' : String(value)];
    if (value instanceof Date) return ['date', value.toISOString()];
    if (parents.includes(value)) return ['cycle'];
    const inside = parents.concat([value]);
    if (Array.isArray(value)) return ['list', value.map((item) => encode(item, inside))];
    return ['map', Object.keys(value).map((key) => [key, encode(value[key], inside)])];
}

function both(document) {
    const answer = {};
    for (const type of ['yaml', 'json']) {
        try {
            answer[type] = tools.serialize(document, type);
        } catch (error) {
            answer[`${type}Error`] = String(error.message);
        }
    }
    return answer;
}

function ajv() {
    const validator = new Ajv({ schemaId: '$id', logger: false });
    validator.addSchema(require('ajv/lib/refs/json-schema-draft-07.json'), 'https://json-schema.org/draft-07/schema');
    return validator;
}

const isValid = ajv().compile(require('ajv/lib/refs/json-schema-draft-07.json'));
const isSecure = ajv().compile(require('ajv/lib/refs/json-schema-secure.json'));

function options(request) {
    return Object.assign({}, defaults, { schemaBasePath: '.', schemaBaseUris: ['.'] }, request.options || {});
}

const operations = {
    load: (request) => ({ value: encode(yaml.safeLoad(request.text)) }),
    dump: (request) => both(yaml.safeLoad(request.text)),
    serialize: (request) => both(request.document),
    versions: () => process.versions,
    sort: (request) => ({ value: request.strings.slice().sort((a, b) => a.localeCompare(b)) }),
    compare: (request) => ({ value: request.pairs.map(([a, b]) => Math.sign(a.localeCompare(b))) }),
    merge: (request) => both(mergeAllOf(yaml.safeLoad(request.text), {
        ignoreAdditionalProperties: true,
        resolvers: { examples: mergeAllOf.options.resolvers.title },
    })),
    example: (request) => {
        const value = faker.generate(yaml.safeLoad(request.text));
        return Object.assign({ value: encode(value) }, both(value));
    },
    lookup: async (request) => ({ value: encode(await tools.getSchemaById(request.uri, options(request))) }),
    dereference: async (request) => both(await tools.dereferenceSchema(yaml.safeLoad(request.text), options(request))),
    materialize: async (request) => both(await tools.materializeSchema(yaml.safeLoad(request.text), options(request))),
    // Some schemas keep the generator busy for ever.
    exampleWithin: (request) => {
        global.generated = () => operations.example(request);
        return vm.runInThisContext('generated()', { timeout: request.milliseconds });
    },
    // What upstream's tests ask AJV: is it a schema, is it a secure one, is each instance valid (if AJV can use it).
    ajv: (request) => ({
        valid: isValid(request.schema),
        secure: isSecure(request.schema),
        instances: request.instances.map((instance) => {
            try {
                return ajv().validate(request.schema, instance);
            } catch (error) {
                return false;
            }
        }),
    }),
    search: (request) => {
        try {
            return { value: new RegExp(request.pattern).test(request.text) };
        } catch (error) {
            return { value: null };
        }
    },
};

async function answer(line) {
    const request = JSON.parse(line);
    try {
        return await operations[request.op](request);
    } catch (error) {
        return { error: String((error && error.message) || error) };
    }
}

(async () => {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        process.stdout.write(JSON.stringify(await answer(line)) + '\n');
    }
})();
