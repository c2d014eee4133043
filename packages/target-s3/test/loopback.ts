import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { openS3, type S3Options } from '../src/index.js';

/** What was asked of a loopback server. */
export interface Asked {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server on this machine, made for one case and ended with it. */
export interface Loopback {
  readonly endpoint: string;
  /** Everything that was asked, in order. */
  readonly asked: Asked[];
  /** `GET /bucket/key` and so on, without queries: what a case counts. */
  calls(): string[];
}

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  open.push({ server, sockets });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An HTTP server that reads each request whole and lets the case answer it. */
export async function answering(answer: (asked: Asked, response: ServerResponse) => void): Promise<Loopback> {
  const asked: Asked[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const one = { method, url, headers, body: Buffer.concat(pieces) };
      asked.push(one);
      answer(one, response);
    });
  });
  return loopback(await listen(server), asked);
}

/** A server that speaks for itself from the first byte: silent, cutting, nonsense. */
export async function speaking(speak: (socket: Socket) => void): Promise<Loopback> {
  return loopback(await listen(createTcpServer(speak)), []);
}

/** What a proxy does to a request on its way. */
export interface Meddling {
  /** Changes the body before it is sent on. */
  readonly body?: (asked: Asked) => Buffer;
  /** What becomes of the answer: by default it is passed on. `lose` cuts the connection when it has come. */
  readonly answer?: (asked: Asked) => 'pass' | 'lose';
  /** Answers in the place of the store; the request is not sent on. */
  readonly instead?: (asked: Asked, response: ServerResponse) => boolean;
  /** Waits before the request is sent on. */
  readonly before?: (asked: Asked) => Promise<void>;
}

/** A proxy in front of a real server. Signatures hold, for the host that was signed is passed on. */
export async function proxy(endpoint: string, meddling: Meddling = {}): Promise<Loopback> {
  const behind = new URL(endpoint);
  return answering((asked, response) => {
    if (meddling.instead?.(asked, response)) return;
    void (meddling.before?.(asked) ?? Promise.resolve()).then(() => {
      const { method, url, headers } = asked;
      const onward = request({ host: behind.hostname, port: behind.port, method, path: url, headers }, (answer) => {
        if (meddling.answer?.(asked) === 'lose') {
          answer.resume();
          answer.on('end', () => response.socket?.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(meddling.body?.(asked) ?? asked.body);
    });
  });
}

function loopback(endpoint: string, asked: Asked[]): Loopback {
  return {
    endpoint,
    asked,
    calls: () => asked.map(({ method, url }) => `${method} ${url.replace(/\?.*$/, '')}`),
  };
}

/** A target at a loopback server, with keys that nobody checks. */
export function openLoopback(endpoint: string, options: S3Options = {}): ReturnType<typeof openS3> {
  const environment = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'a-secret-nobody-must-see' };
  const adapterOptions = { endpoint, ...options };
  return openS3('bucket/pre', { environment, adapterOptions });
}

/** The ETag of a plain object. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** An S3 error document. */
export function errorXml(code: string, fields: Readonly<Record<string, string>> = {}): string {
  const more = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code} it is</Message>${more.join('')}</Error>`;
}
