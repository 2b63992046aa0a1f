import { type FormEvent, type ReactNode, useState, useSyncExternalStore } from 'react';
import { callFault } from '../calls/call.ts';
import { Field } from '../field.tsx';
import { notes } from './notes.ts';

export const Notes = (): ReactNode => {
  const list = useSyncExternalStore(notes.subscribe, notes.current);
  return (
    <section className="card notes" aria-labelledby="notes">
      <h2 id="notes">Notes</h2>
      <NoteForm />
      <ul aria-labelledby="notes">
        {list?.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </section>
  );
};

const NoteForm = (): ReactNode => {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    try {
      const problem = await notes.add(new FormData(form));
      setError(problem);
      if (problem === undefined) form.reset();
      await notes.load();
    } catch (failure) {
      setError(`Not saved: ${callFault(failure)}.`);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isBusy) void submit(event.currentTarget);
  };

  return (
    <form className="note-form" onSubmit={onSubmit} noValidate>
      <Field label="New note" name="text" autoComplete="off" error={error} />
      <button type="submit" aria-disabled={isBusy}>
        Add
      </button>
    </form>
  );
};
