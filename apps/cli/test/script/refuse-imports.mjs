// Started by `--import` before the program: no module can be loaded that is, or is bundled from, one of REFUSED_MODULES, each
// a part of a path; the error has the code REFUSAL_CODE, where that is set. (In a bundle, its path stands in a comment before what each
// module has become.)
import { register } from 'node:module';

const hook = `
  const code = ${JSON.stringify(process.env.REFUSAL_CODE)};
  const refused = ${JSON.stringify((process.env.REFUSED_MODULES ?? '').split(','))};
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    const paths = String(loaded.source ?? '').match(/^\\/\\/(?:#region)? .*\\.js$/gm) ?? [];
    const found = [url, ...paths].map((path) => refused.find((part) => path.includes(part))).find(Boolean);
    if (found !== undefined) throw Object.assign(new Error('refused to load ' + found), { code });
    return loaded;
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
