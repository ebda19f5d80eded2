import { useId } from 'react';
import { Button } from './Button';
import { useToast } from './Toasts';

/** A text to take along, with a button that copies it. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const id = useId();
  const say = useToast();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="copy-field">
        <input
          id={id}
          className="input"
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          onClick={() => {
            navigator.clipboard?.writeText(value).then(
              () => say(`${label} copied.`),
              () => say('The browser did not allow copying. Select the text and copy it.'),
            );
          }}
        >
          Copy
        </Button>
      </div>
    </div>
  );
}
