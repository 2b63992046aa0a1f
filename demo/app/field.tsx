import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly error?: string | undefined;
}

/** An input with its label, and what is wrong with it. */
export const Field = ({ label, error, ...input }: FieldProps): ReactNode => {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-invalid={error !== undefined} aria-describedby={error && `${id}-error`} {...input} />
      {/* Always there, so that nothing moves when it has something to say. */}
      <p className="field-error" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
};
