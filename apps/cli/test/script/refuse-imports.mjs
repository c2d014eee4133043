// Started by `--import` before the program: no module can be loaded that is, or is bundled from, one of REFUSED_MODULES, each
// a part of a path. (In a bundle, its path stands in a comment before what each
// module has become.)
import { register } from 'node:module';

const hook = `
  const refused = ${JSON.stringify((process.env.REFUSED_MODULES ?? '').split(','))};
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    const paths = String(loaded.source ?? '').match(/^\\/\\/(?:#region)? .*\\.js$/gm) ?? [];
    const found = [url, ...paths].map((path) => refused.find((part) => path.includes(part))).find(Boolean);
    if (found !== undefined) throw new Error('refused to load ' + found);
    return loaded;
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
