// What upstream's `materialize-all --dry-run` is meant to do, through its library: its command line ignores the flag.
'use strict';

const tools = require('@wikimedia/jsonschema-tools');

(async () => {
    const options = tools.readConfig({ dryRun: true, currentName: 'current', contentTypes: ['yaml', 'json'] }, true);
    options.logLevel = 'silent';
    options.log.level = 'silent';
    for (const info of tools.findAllSchemasInfo(options).filter((each) => each.current)) {
        const schema = await tools.materializeSchema(info.schema, options);
        options.contentTypes.forEach((type) => tools.serialize(schema, type));
    }
})();
