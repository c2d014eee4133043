/** What can be known of a failed request, whoever reported it: the store, the SDK, the socket or the name service. */
export interface Failure {
  /** The store's code (`NoSuchKey`), or the name of the SDK's own error (`CredentialsProviderError`); empty if there is none. */
  readonly name: string;
  /** HTTP status, if the store has answered. */
  readonly status: number | undefined;
  /** Node's code of a socket, name-service or TLS error (`ECONNREFUSED`). */
  readonly systemCode: string | undefined;
  readonly message: string;
  /** Headers of the answer, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of the store's error document that carry facts: `Region`, `ServerTime`, `RequestTime`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
}

const FACTS = ['Region', 'ServerTime', 'RequestTime'];

/** How deep causes are followed: an SDK error wraps a socket error wraps a list of connection attempts. */
const MAX_DEPTH = 5;

/** Takes a thrown value apart. Never throws. */
export function failureOf(error: unknown): Failure {
  const top = recordOf(error);
  const metadata = recordOf(top.$metadata);
  const status = metadata.httpStatusCode;
  return {
    name: stringOf(top.name),
    status: typeof status === 'number' ? status : undefined,
    systemCode: systemCodeOf(error, 0),
    message: stringOf(top.message),
    headers: headersOf(recordOf(top.$response).headers),
    fields: Object.fromEntries(FACTS.map((fact) => [fact, factOf(top[fact])])),
    requestId: stringOf(metadata.requestId) || undefined,
  };
}

function systemCodeOf(error: unknown, depth: number): string | undefined {
  const { code, errors, cause } = recordOf(error);
  if (typeof code === 'string' && /^(E[A-Z]|HPE_|[A-Z]+_[A-Z_]+$)/.test(code)) return code;
  if (depth >= MAX_DEPTH) return undefined;
  const inner = Array.isArray(errors) ? [...errors, cause] : [cause];
  for (const candidate of inner) {
    const found = candidate === undefined ? undefined : systemCodeOf(candidate, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function headersOf(headers: unknown): Record<string, string> {
  const entries = Object.entries(recordOf(headers)).map(([name, value]) => [name.toLowerCase(), stringOf(value)]);
  return Object.fromEntries(entries);
}

function factOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : stringOf(value);
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
