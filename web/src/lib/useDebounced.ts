import { useEffect, useState } from 'react';

/** The value once it has stood still, so that typing does not send a request per letter. */
export function useDebounced<Value>(value: Value, stillMs = 250): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), stillMs);
    return () => clearTimeout(timer);
  }, [value, stillMs]);
  return settled;
}
