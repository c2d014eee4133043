import { displayName, type HoldfastEvent, type SpaceForecast } from '@holdfast/core';
import { countText, numberText, sizeText } from './quantities.js';

type Forecast = Extract<HoldfastEvent, { type: 'forecast' }>;

/** What is about to be stored in a place where every snapshot takes its full space: one line, before it starts. */
export function forecastText(event: Forecast): string {
  const { storedFiles = 0, storedBytes = 0, sharedFiles = 0, sharedBytes = 0, snapshots, requests } = event;
  const amount = `${countText(event.files, 'file')} (${sizeText(event.bytes)})`;
  const what = snapshots === undefined ? amount : `${countText(snapshots, 'snapshot')} of ${amount}`;
  const inRequests =
    requests === undefined
      ? ''
      : ` in ${snapshots === undefined ? 'about' : 'at most'} ${countText(requests, 'request')}`;
  const parts =
    sharedFiles === 0
      ? ''
      : `: ${numberText(storedFiles)} (${sizeText(storedBytes)}) sent, ${numberText(sharedFiles)} (${sizeText(sharedBytes)}) copied within the store`;
  return `${displayName(event.target)}: about to store ${what}${inRequests}${parts}. ${FULL_SPACE}`;
}

/** The same of a dry run, as a part of the line of its target. */
export function spaceText({ bytes, requests }: SpaceForecast): string {
  const inRequests = requests === undefined ? '' : ` in about ${countText(requests, 'request')}`;
  return `${sizeText(bytes)} more there${inRequests}`;
}

const FULL_SPACE = 'Every snapshot takes its full space there; a folder keeps unchanged files once.';
