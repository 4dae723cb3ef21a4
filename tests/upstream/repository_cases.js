// The Node.js tool's own repository tests in one long-lived process: one folder a line, one list of cases a line.
// It stands for mocha where starting mocha hundreds of times would take too long; a test holds the two together.
'use strict';

const readline = require('readline');
const { tests } = require('@wikimedia/jsonschema-tools');
const tools = require('@wikimedia/jsonschema-tools/lib/jsonschema-tools');

const SKIP = Symbol('skip');
let places = [];
let cases = [];

function declare(title, run, only) {
    cases.push({ title, fullTitle: places.concat(title).join(' '), run, only });
}

global.describe = (title, body) => {
    places.push(title);
    body();
    places.pop();
};
global.it = (title, run) => declare(title, run, false);
global.it.only = (title, run) => declare(title, run, true);

async function status(run) {
    try {
        await run.call({ skip: () => { throw SKIP; } });
        return 'passed';
    } catch (error) {
        return error === SKIP ? 'skipped' : 'failed';
    }
}

async function verdicts(folder) {
    process.chdir(folder);
    tools.defaultOptions.schemaBasePath = process.cwd();
    places = [];
    cases = [];
    try {
        const options = tools.readConfig({ logLevel: 'silent' }, true);
        for (const family of ['structure', 'robustness', 'compatibility']) tests[family](options);
    } catch (error) {
        return null;
    }
    const chosen = cases.some((one) => one.only) ? cases.filter((one) => one.only) : cases;
    const answer = [];
    for (const one of chosen) answer.push([await status(one.run), one.fullTitle, one.title]);
    return answer;
}

(async () => {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        process.stdout.write(JSON.stringify(await verdicts(JSON.parse(line))) + '\n');
    }
})();
