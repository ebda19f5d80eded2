import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type FormErrors, failureText, noErrors, sortErrors, type UserError } from './errors';

type Payload = { userErrors: readonly UserError[] };

/**
 * One mutation of a form or button. `run` sends it and returns the payload; `done` is called only when the
 * server had nothing to object. What it objected is sorted to the fields.
 */
export function useAction<Input, Answer extends Payload, Field extends string = never>(options: {
  run: (input: Input) => Promise<Answer>;
  done: (answer: Answer, input: Input) => void | Promise<void>;
  fields?: readonly Field[];
}): { start: (input: Input) => void; busy: boolean; errors: FormErrors<Field> } {
  const [errors, setErrors] = useState<FormErrors<Field>>(noErrors);
  const mutation = useMutation({
    mutationFn: options.run,
    onSuccess: async (answer, input) => {
      setErrors(sortErrors(answer.userErrors, options.fields ?? []));
      if (answer.userErrors.length === 0) await options.done(answer, input);
    },
    onError: (error) => setErrors({ fields: {}, top: [failureText(error)] }),
  });
  return {
    start: (input) => {
      if (mutation.isPending) return;
      setErrors(noErrors());
      mutation.mutate(input);
    },
    busy: mutation.isPending,
    errors,
  };
}
