import { afterAll } from 'vitest';
import { describeTarget } from '../src/vitest.js';
import { runExample } from './writing-a-target.js';

const example = await runExample();
afterAll(() => example.remove());

describeTarget(`docs/writing-a-target.md: ${example.name}`, example.harness, { largeObjectBytes: 64 * 1024 * 1024 });
