/** Ends everything, whatever comes of each, and throws the first failure at the end. */
export const endAll = async (endings: readonly (() => Promise<void>)[]): Promise<void> => {
  const results = await Promise.allSettled(endings.map((end) => end()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};
