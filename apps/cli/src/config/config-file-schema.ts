import * as v from 'valibot';
import { EXPORT_FORMATS } from '../compose/export-formats.js';
import type { ConfigFile } from './config-file.js';
import { nearestWord } from './nearest-word.js';

/**
 * The one description of `holdfast.config.json`: the program validates with it, and the JSON schema that editors use is made
 * from it (`scripts/config-schema.mjs`). A message is what is wrong and, after a line break, what would be right.
 */
export const configFileSchema: v.GenericSchema<unknown, ConfigFile> = configFile();

/** The schema, member by member. */
function configFile(): v.GenericSchema<unknown, ConfigFile> {
  const text = (what: string): v.GenericSchema<string> => described(what, nonEmpty());
  const yesOrNo = v.boolean('must be true or false');
  const patterns = v.array(nonEmpty(), 'must be a list of texts\nFor example ["*.tmp"].');
  const size = v.pipe(
    v.string('must be a size in double quotes\nFor example "10M".'),
    v.regex(/^[0-9]+(\.[0-9]+)?\s*([kKmMgGtT]([iI]?[bB])?|[bB])?$/, 'must be a size\nFor example "10M" or "1.5GiB".'),
  );
  const source = members({
    path: text('A folder or a file. A relative path counts from the folder of the config.'),
    include: v.optional(described('Patterns as in .gitignore: only what fits one is taken.', patterns)),
    exclude: v.optional(described('Patterns as in .gitignore: what fits one is left out.', patterns)),
    excludeFiles: v.optional(described('Files with patterns of what is left out.', patterns)),
    excludeLargerThan: v.optional(described('Leave out larger files: "10M", "1.5GiB".', size)),
    excludeSmallerThan: v.optional(described('Leave out smaller files.', size)),
    includeCaches: v.optional(described('Take what is in folders marked by CACHEDIR.TAG.', yesOrNo)),
    oneFileSystem: v.optional(described('Stay on the file system that the source is on.', yesOrNo)),
    exports: v.optional(
      described(
        'Look into its workbooks and arrays, and keep the sheets of workbooks as CSV beside them: ["csv"]. Only look into them: [].',
        v.array(
          v.picklist(EXPORT_FORMATS, 'must be "csv"\nWrite "csv".'),
          'must be a list\n["csv"], or [] where contents are only to be looked into.',
        ),
      ),
    ),
  });
  const target = members({
    url: text('A folder (./backups), an archive (x.zip), a folder of archives (zip:archives) or s3://bucket/prefix.'),
    format: v.optional(
      described('The format of the target when it is new.', v.picklist(['plain'], 'must be "plain"\nWrite "plain".')),
    ),
    region: v.optional(text('Region of the bucket.')),
    endpoint: v.optional(
      described(
        'Address of an S3 store that is not Amazon: https://host[:port].',
        v.pipe(
          v.string('must be an address in double quotes\nFor example "https://s3.example.org".'),
          v.regex(
            /^https?:\/\/[^@/?#\s]+\/?$/,
            'must be https://host or https://host:port, without user and path\nSecrets come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
          ),
        ),
      ),
    ),
    pathStyle: v.optional(described('Ask for endpoint/bucket instead of bucket.endpoint.', yesOrNo)),
    profile: v.optional(text('A profile of ~/.aws/config and ~/.aws/credentials.')),
    createIfAbsent: v.optional(
      described('Does the store decide by itself who creates an object first? `holdfast doctor` finds out.', yesOrNo),
    ),
  });
  const command = v.union(
    [
      nonEmpty(),
      v.pipe(v.array(nonEmpty()), v.minLength(1, 'must name a program\nFor example ["pg_dump", "--file", "db.sql"].')),
    ],
    'must be a line for the shell in double quotes, or a list of a program and its arguments',
  );
  const hook = v.union(
    [
      nonEmpty(),
      v.pipe(v.array(nonEmpty()), v.minLength(1, 'must name a program\nFor example ["pg_dump", "--file", "db.sql"].')),
      members({
        command,
        timeoutSeconds: v.optional(
          described(
            'After so many seconds the command is ended, and has failed. 3,600 without it.',
            v.pipe(
              v.number('must be a number of seconds'),
              v.minValue(1, 'must be 1 second at least'),
              v.maxValue(86_400, 'must be 86400 seconds (a day) at most'),
            ),
          ),
        ),
      }),
    ],
    'must be a line for the shell, a list of a program and its arguments, or {"command": …, "timeoutSeconds": …}',
  );
  const file = members({
    $schema: v.optional(described('Where editors find this schema.', v.string('must be an address in double quotes'))),
    sources: v.optional(
      described(
        'What is backed up: a name, which is its folder in the snapshot, and a path.',
        v.record(
          v.pipe(
            v.string(),
            v.regex(
              // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
              /^(?!\.{1,2}$|\.holdfast$)[^/\\\u0000-\u001f]+$/,
              'cannot be the name of a source\nA name is one folder: no / and no \\, and not ".holdfast".',
            ),
          ),
          v.union([nonEmpty(), source], 'must be a path in double quotes, or {"path": …}'),
          'must be an object of names and paths\nFor example {"data": "./data"}.',
        ),
      ),
    ),
    targets: v.optional(
      described(
        'Where snapshots are kept: a name, usable after --to and --from, and an address.',
        v.record(
          v.pipe(
            v.string(),
            v.regex(
              /^(?!.*\.[zZ][iI][pP]$)[A-Za-z][A-Za-z0-9._-]*$/,
              'cannot be the name of a target\nA name begins with a letter and holds letters, digits, ".", "_" and "-"; one in .zip is a path.',
            ),
          ),
          v.union([nonEmpty(), target], 'must be an address in double quotes, or {"url": …}'),
          'must be an object of names and addresses\nFor example {"disk": "./backups"}.',
        ),
      ),
    ),
    defaultTarget: v.optional(text('The target that is read where no --from says which. Without it the first one.')),
    mirrors: v.optional(
      described(
        'What `holdfast mirror` copies. Each side is a target by name or address.',
        v.array(
          members({ from: text('The target that has them.'), to: text('The target that shall have them as well.') }),
          'must be a list\nFor example [{"from": "disk", "to": "offsite"}].',
        ),
      ),
    ),
    exports: v.optional(
      described(
        'Archives that are written after a backup, each with the snapshot or a part of it.',
        v.array(
          members({
            to: described(
              'The archive. {id} in its name becomes the id of the snapshot.',
              v.pipe(
                v.string('must be a path in double quotes\nFor example "handover-{id}.zip".'),
                v.regex(/\.[zZ][iI][pP]$/, 'must end in .zip\nFor example "handover-{id}.zip".'),
              ),
            ),
            from: v.optional(
              text('The target that is read, by its name; without it the first that the backup went to.'),
            ),
            patterns: v.optional(described('Only what fits one of them, as in `holdfast restore`.', patterns)),
            replace: v.optional(described('Put each archive in the place of the one before.', yesOrNo)),
          }),
          'must be a list\nFor example [{"to": "handover-{id}.zip"}].',
        ),
      ),
    ),
    guard: v.optional(
      described(
        'What `holdfast guard` does where no option says it.',
        members({
          to: v.optional(
            text('Where the snapshot is kept: a target by name or address. Without it the default target.'),
          ),
          onFailure: v.optional(
            described(
              'When the command fails: ask, take back what it has changed, or keep it for now.',
              v.picklist(['ask', 'restore', 'keep'], 'must be "ask", "restore" or "keep"\nFor example "restore".'),
            ),
          ),
          keep: v.optional(described('Keep the snapshot also when the command succeeds.', yesOrNo)),
          timeout: v.optional(
            described(
              'The command fails after this time: "90s", "10m", "2h".',
              v.pipe(
                v.string('must be a time in double quotes\nFor example "10m".'),
                v.regex(/^\d+(\.\d+)?\s*[smh]?$/, 'must be a time\nFor example "90s", "10m" or "2h".'),
              ),
            ),
          ),
        }),
      ),
    ),
    hooks: v.optional(
      described(
        'Commands around a backup. They run only after `holdfast trust`.',
        members({
          before: v.optional(described('Runs first. If it fails, nothing is backed up.', hook)),
          after: v.optional(
            described(
              'Runs when a snapshot was made, also where something was left out (HOLDFAST_EXIT_STATUS is 3 then).',
              hook,
            ),
          ),
          failed: v.optional(
            described('Runs when no snapshot was made: an error, a failed hook before, Ctrl-C.', hook),
          ),
        }),
      ),
    ),
  });
  return file;
}

function nonEmpty(): v.GenericSchema<string> {
  return v.pipe(v.string('must be text in double quotes'), v.minLength(1, 'must not be empty'));
}

function described<Schema extends v.GenericSchema>(text: string, schema: Schema): Schema {
  return v.pipe(schema, v.description(text)) as unknown as Schema;
}

/** An object of these members and no others. */
function members<Entries extends v.ObjectEntries>(
  entries: Entries,
): v.StrictObjectSchema<Entries, v.ErrorMessage<v.StrictObjectIssue>> {
  const names = Object.keys(entries);
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') {
      const near = nearestWord(JSON.parse(issue.received) as string, names);
      const known = `Members are ${names.join(', ')}.`;
      return `is not known here\n${near === undefined ? '' : `Did you mean "${near}"? `}${known}`;
    }
    if (issue.expected?.startsWith('"') === true) return 'is missing';
    return `must be an object\nMembers are ${names.join(', ')}.`;
  });
}
