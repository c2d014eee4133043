import { CommanderError } from 'commander';
import { EXIT } from './exit-status.js';

/** How a value of an option is taken in, beside those that came before it. */
type Collector<Values> = (value: string, before?: Values) => Values;

/** For an option that has one value: two contradict each other, and an empty one is most likely a variable that is not set. */
export function once(option: string): Collector<string> {
  return (value, before) => {
    refuseEmpty(option, value);
    if (before !== undefined) throw refusal(`${option} is given twice, and it takes one value`);
    return value;
  };
}

/** For an option that may be repeated: all its values, none of them empty. */
export function each(option: string): Collector<readonly string[]> {
  return (value, before = []) => {
    refuseEmpty(option, value);
    return [...before, value];
  };
}

function refuseEmpty(option: string, value: string): void {
  if (value === '') throw refusal(`${option} is given an empty value; is a variable not set?`);
}

/** An error of the parser's own kind, so that it is told like an unknown option. */
function refusal(message: string): CommanderError {
  return new CommanderError(EXIT.usage, 'holdfast.optionValue', message);
}
