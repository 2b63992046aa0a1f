import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

/** What an input of any kind needs to belong to its label and its error. */
interface Own {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

export interface LabelledProps {
  readonly label: string;
  readonly error?: string | undefined;
  readonly children: (own: Own) => ReactNode;
}

/** A label, what it is for, and what is wrong with that. */
export const Labelled = ({ label, error, children }: LabelledProps): ReactNode => {
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': error && errorId })}
      {/* Always there, so that nothing moves when it has something to say. */}
      <p className="field-error" id={errorId}>
        {error}
      </p>
    </div>
  );
};

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement>, Pick<LabelledProps, 'label' | 'error'> {}

/** An input with its label, and what is wrong with it. */
export const Field = ({ label, error, ...input }: FieldProps): ReactNode => (
  <Labelled label={label} error={error}>
    {(own) => <input {...own} {...input} />}
  </Labelled>
);
