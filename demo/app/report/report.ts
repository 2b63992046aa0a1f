/** A report as the API lists it. */
export interface Report {
  readonly id: number;
  readonly title: string;
  readonly happenedOn: string;
  readonly severity: keyof typeof severities;
  readonly description: string;
  readonly attachment?: { readonly name: string; readonly bytes: number };
}

/** How bad it is. */
export const severities = {
  nuisance: 'A nuisance',
  blocking: 'Work has stopped',
  dangerous: 'Dangerous',
};
