// Checks manifests as an API server with strict field validation would: every field is known (attribute maps of
// @kubernetes/client-node) and every value is right (schemas of kubernetes-models).
const { createRequire } = require('node:module');
const { readFileSync } = require('node:fs');
const [cache, file] = process.argv.slice(2);
const from = package => createRequire(`${cache}/kubernetes-${package}/`);
const yaml = createRequire(`${cache}/kubernetes-client/node_modules/@kubernetes/client-node/`)('js-yaml');
const primitive = new Set(['string', 'number', 'boolean', 'any', 'Date', 'IntOrString', 'object', 'Set<string>']);
const mistakes = [];

(async () => {
  const k8s = await import(from('client').resolve('@kubernetes/client-node'));

  function walk(value, type, path) {
    if (value === null || value === undefined) return;
    const list = /^Array<(.*)>$/.exec(type), map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
    if (list) {
      if (Array.isArray(value)) value.forEach((item, i) => walk(item, list[1], `${path}[${i}]`));
      else mistakes.push(`${path}: expected a list`);
    } else if (map) {
      for (const key of Object.keys(value)) walk(value[key], map[1], `${path}.${key}`);
    } else if (primitive.has(type)) {
      if (['string', 'number', 'boolean'].includes(type) && typeof value !== type) mistakes.push(`${path}: expected a ${type}, is ${JSON.stringify(value)}`);
    } else {
      const known = new Map(k8s[type].getAttributeTypeMap().map(attribute => [attribute.baseName, attribute.type]));
      for (const key of Object.keys(value)) {
        if (known.has(key)) walk(value[key], known.get(key), `${path}.${key}`);
        else mistakes.push(`${path}.${key}: no field of ${type}`);
      }
    }
  }

  // js-yaml refuses a key that is given twice.
  const documents = yaml.loadAll(readFileSync(file, 'utf8')).filter(document => document);
  for (const document of documents) {
    const version = document.apiVersion.split('/').pop();
    walk(document, version[0].toUpperCase() + version.slice(1) + document.kind, document.kind);
    try {
      const model = from('models')(`kubernetes-models/${document.apiVersion}/${document.kind}`)[document.kind];
      new model(document).validate();
    } catch (error) {
      mistakes.push(`${document.kind}: ${error.message}`);
    }
  }

  console.log([`${documents.length} documents`, ...mistakes].join('\n'));
  process.exitCode = mistakes.length > 0 ? 1 : 0;
})();
