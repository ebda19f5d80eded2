import type { UserErrorCode } from '@/gql/graphql';
import { RequestFailed } from './transport';

export type UserError = { path: string[]; code: UserErrorCode; message: string };

export type FormErrors<Field extends string> = {
  /** What belongs to one field, by its name. */
  fields: Partial<Record<Field, string>>;
  /** What concerns the whole, or a field that the form does not have. */
  top: string[];
};

/** Sorts the server's user errors: to their field where the form has one, else to the top. */
export function sortErrors<Field extends string>(
  errors: readonly UserError[],
  known: readonly Field[],
): FormErrors<Field> {
  const sorted: FormErrors<Field> = { fields: {}, top: [] };
  for (const error of errors) {
    const field = error.path.findLast((step): step is Field => (known as readonly string[]).includes(step));
    if (field === undefined) sorted.top.push(error.message);
    else sorted.fields[field] = joined(sorted.fields[field], error.message);
  }
  return sorted;
}

export function noErrors<Field extends string>(): FormErrors<Field> {
  return { fields: {}, top: [] };
}

/** The sentence for a failure that is nobody's input. */
export function failureText(error: unknown): string {
  if (!(error instanceof RequestFailed)) return 'Something went wrong on this page. Reload it and try again.';
  return error.requestId ? `${error.message} (request ${error.requestId})` : error.message;
}

function joined(before: string | undefined, message: string): string {
  return before === undefined ? message : `${before} ${message}`;
}
