import type { Session } from '../session.js';

/** While something is rolled back a first signal only says so; a second one stops at once, and what is left is announced. */
export function holdSignals(session: Session): void {
  let isTold = false;
  session.divertSignals((_name, stopAtOnce) => {
    if (isTold) stopAtOnce();
    isTold = true;
    session.output.remark('Rolling back; once more stops in the middle of it, and it can be done again later.');
  });
}
