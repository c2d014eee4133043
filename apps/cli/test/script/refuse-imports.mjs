// Started by `--import` before the program: whatever module is named in REFUSED_IMPORTS cannot be loaded.
import { register } from 'node:module';

const hook = `
  const refused = ${JSON.stringify((process.env.REFUSED_IMPORTS ?? '').split(','))};
  export async function resolve(specifier, context, next) {
    if (refused.includes(specifier)) throw new Error('refused to load ' + specifier);
    return next(specifier, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
