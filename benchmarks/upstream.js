// What upstream's `materialize-all --dry-run` is meant to do, through its library: its command line ignores the flag.
'use strict';

const tools = require('@wikimedia/jsonschema-tools');

(async () => {
    const file = await tools.readObject('.jsonschema-tools.yaml');
    const contentTypes = file.contentTypes || ['yaml', 'json'];
    const options = tools.readConfig({ dryRun: true, currentName: 'current', contentTypes }, true);
    options.logLevel = 'silent';
    options.log.level = 'silent';
    for (const info of tools.findAllSchemasInfo(options).filter((each) => each.current)) {
        const schema = await tools.materializeSchema(info.schema, options);
        options.contentTypes.forEach((type) => tools.serialize(schema, type));
    }
})();
