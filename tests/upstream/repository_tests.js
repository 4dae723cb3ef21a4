// The Node.js tool's own repository tests, declared for mocha in the working directory.
'use strict';

const Module = require('module');
const path = require('path');

process.env.NODE_PATH = path.join(__dirname, 'node_modules');
Module._initPaths();
require('@wikimedia/jsonschema-tools').tests.all({ logLevel: 'silent' });
